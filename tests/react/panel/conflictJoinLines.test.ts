import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conflictVersions } from '../../../backoffice/panel/conflict/conflictVersions.ts';
import { joinLines } from '../../../backoffice/panel/conflict/joinLines.ts';
import { mergeLines } from '../../../shared/text/mergeLines.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', ''), { maxLength: 8 }).map((all) => all.join('\n'));
const sides = fc.record({ base: lines, mine: lines, theirs: lines });
/** A text of lines that differ, and two edits of it: each line kept, changed, left out, or followed by a new one. */
const edited = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 8 })
  .map((all) => {
    const side = (name: string, of: 0 | 1) =>
      all.flatMap((edits, at) => {
        const edit = edits[of];
        if (edit === 0) return [];
        if (edit === 1) return [`${at} ${name}`];
        return edit === 2 ? [`${at}`, `new after ${at} ${name}`] : [`${at}`];
      });
    const base = all.map((_, at) => `${at}`);
    return { base: base.join('\n'), mine: side('mine', 0).join('\n'), theirs: side('theirs', 1).join('\n') };
  });
const text = (...all: readonly string[]) => all.join('\n');

describe('the lines of two edits of one text', () => {
  test('only what collides is decided by the winner', () => {
    const base = text('1', '2', '3', '4', '5');
    const mine = text('1', '2 mine', '3', '4', '5', 'end of mine');
    const theirs = text('top of theirs', '1', '2 theirs', '3', '5');
    expect(joinLines({ base, mine, theirs })).toEqual({
      mine: text('top of theirs', '1', '2 mine', '3', '5', 'end of mine'),
      theirs: text('top of theirs', '1', '2 theirs', '3', '5', 'end of mine'),
      collides: true,
    });
  });

  test('a neighbouring line that only one side touched does not collide', () => {
    const joined = joinLines({ base: text('1', '2'), mine: text('1 mine', '2'), theirs: text('1 theirs', '2 theirs') });
    expect(joined).toEqual({
      mine: text('1 mine', '2 theirs'),
      theirs: text('1 theirs', '2 theirs'),
      collides: true,
    });
  });

  test('lines that both added at one place collide', () => {
    const joined = joinLines({ base: '1', mine: text('1', 'mine'), theirs: text('1', 'theirs') });
    expect(joined).toEqual({ mine: text('1', 'mine'), theirs: text('1', 'theirs'), collides: true });
  });

  test('a browser’s line ends are no change of every line', () => {
    const joined = joinLines({ base: '1\r\n2\r\n3', mine: '1 mine\n2\n3', theirs: '1 theirs\r\n2\r\n3 theirs' });
    expect(joined).toMatchObject({ mine: '1 mine\n2\n3 theirs', collides: true });
  });

  test('whatever the server merges by line comes out the same, and nothing collides in it', () => {
    let merged = 0;
    fc.assert(
      fc.property(edited, (three) => {
        const server = mergeLines(three);
        if (server === null) return;
        merged++;
        expect(joinLines(three)).toEqual({ mine: server, theirs: server, collides: false });
      }),
      { numRuns: 2000 },
    );
    expect(merged).toBeGreaterThan(200);
  });

  test('each side wins against itself and against nobody', () => {
    fc.assert(
      fc.property(lines, lines, (base, changed) => {
        expect(joinLines({ base, mine: changed, theirs: base })).toMatchObject({ mine: changed, theirs: changed });
        expect(joinLines({ base, mine: base, theirs: changed })).toMatchObject({ mine: changed, theirs: changed });
        expect(joinLines({ base, mine: changed, theirs: changed })).toEqual({
          mine: changed,
          theirs: changed,
          collides: false,
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('a line that the winner has written is never lost', () => {
    fc.assert(
      fc.property(sides, (three) => {
        const joined = joinLines(three);
        const known = new Set(three.base.split('\n'));
        const written = three.mine.split('\n').filter((line) => !known.has(line));
        for (const line of written) expect(joined?.mine.split('\n')).toContain(line);
      }),
      { numRuns: 2000 },
    );
  });

  test('where a text is too long to be joined, each version says which lines it leaves out', () => {
    const long = (name: string) => Array.from({ length: 1500 }, (_, at) => `${name} ${at}`).join('\n');
    const versions = conflictVersions({ base: long('base'), mine: long('mine'), theirs: long('theirs') });
    expect(versions).toMatchObject({ mine: long('mine'), theirs: long('theirs'), isJoined: false });
    expect(versions.leavesOut.mine).toHaveLength(1500);
    expect(versions.leavesOut.theirs[0]).toBe('mine 0');
  });

  test('a text of one line is never joined', () => {
    const versions = conflictVersions({ base: 'one', mine: 'one of mine', theirs: 'one of theirs' });
    expect(versions).toEqual({
      mine: 'one of mine',
      theirs: 'one of theirs',
      isJoined: false,
      leavesOut: { mine: [], theirs: [] },
    });
  });
});
