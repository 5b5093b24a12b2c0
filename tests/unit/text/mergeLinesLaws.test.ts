import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeLines } from '../../../shared/text/mergeLines.ts';

/** How often a law is tried; LAW_RUNS raises it. */
const lawRuns = { numRuns: Number(process.env['LAW_RUNS'] ?? 2000) };

const line = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', '__proto__', '=======');
const longLine = fc.integer({ min: 0, max: 40 }).map((number) => `line ${number}`);
const linesOf = (of: fc.Arbitrary<string>) => fc.array(of, { maxLength: 12 });

interface Edit {
  readonly place: number;
  readonly remove: number;
  readonly add: readonly string[];
}
const edit = fc.record({
  place: fc.nat(12),
  remove: fc.nat(2),
  add: fc.array(fc.oneof(line, longLine), { maxLength: 2 }),
});
const edited = (lines: readonly string[], edits: readonly Edit[]) =>
  edits.reduce<string[]>((all, { place, remove, add }) => all.toSpliced(place, remove, ...add), [...lines]);

/** A text and two that were made from it, with one kind of line end. */
const sides = fc
  .record({
    base: fc.oneof(linesOf(line), linesOf(longLine), linesOf(fc.oneof(line, longLine))),
    mine: fc.array(edit, { maxLength: 3 }),
    theirs: fc.array(edit, { maxLength: 3 }),
    end: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ base, mine, theirs, end }) => ({
    base: base.join(end),
    mine: edited(base, mine).join(end),
    theirs: edited(base, theirs).join(end),
  }));
/** Any three texts, with every mixture of what ends a line. */
const anyText = fc
  .array(fc.constantFrom('a', 'b', '\n', '\r\n', '\r', '', ' ', '\u2028', '😀'), { maxLength: 14 })
  .map((parts) => parts.join(''));
const anySides = fc.oneof(sides, fc.record({ base: anyText, mine: anyText, theirs: anyText }));
const law = <Input>(input: fc.Arbitrary<Input>, holds: (input: Input) => void) =>
  fc.assert(fc.property(input, holds), lawRuns);

test('what only one side changed is that side’s text, to the letter', () => {
  law(anySides, ({ base, mine }) => {
    expect(mergeLines({ base, mine, theirs: base })).toBe(mine);
    expect(mergeLines({ base, mine: base, theirs: mine })).toBe(mine);
    expect(mergeLines({ base, mine, theirs: mine })).toBe(mine);
  });
});

test('any three texts get a text or null, the same whoever comes first', () => {
  law(anySides, ({ base, mine, theirs }) => {
    const result = mergeLines({ base, mine, theirs });
    expect(result === null || typeof result === 'string').toBe(true);
    expect(mergeLines({ base, mine: theirs, theirs: mine })).toBe(result);
  });
});

test('what a side added is in the result, in its order', () => {
  law(sides, ({ base, mine, theirs }) => {
    const result = mergeLines({ base, mine, theirs })?.split(/\r?\n/);
    fc.pre(result !== undefined);
    const known = new Set(base.split(/\r?\n/));
    for (const side of [mine, theirs]) {
      const added = side.split(/\r?\n/).filter((one) => !known.has(one));
      let at = -1;
      for (const one of added) expect((at = result.indexOf(one, at + 1)), one).toBeGreaterThan(-1);
    }
  });
});

test('what no side kept is not in the result', () => {
  law(sides, ({ base, mine, theirs }) => {
    const result = mergeLines({ base, mine, theirs })?.split(/\r?\n/);
    fc.pre(result !== undefined);
    const [my, their] = [new Set(mine.split(/\r?\n/)), new Set(theirs.split(/\r?\n/))];
    for (const one of result) expect(my.has(one) || their.has(one), one).toBe(true);
    for (const one of base.split(/\r?\n/)) if (!my.has(one) && !their.has(one)) expect(result).not.toContain(one);
  });
});

test('edits of different long stretches, with a line between them that nobody touched, are never a conflict', () => {
  const three = fc.tuple(linesOf(longLine), linesOf(longLine), linesOf(longLine), linesOf(longLine));
  law(three, ([first, second, mine, theirs]) => {
    const text = (a: readonly string[], b: readonly string[]) => [...a, 'the middle', ...b].join('\n');
    expect(mergeLines({ base: text(first, second), mine: text(mine, second), theirs: text(first, theirs) })).toBe(
      text(mine, theirs),
    );
  });
});
