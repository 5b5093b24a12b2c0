import { describe, expect, test } from 'vitest';
import { merge, type JsonValue, type MergeOptions, type TextSides } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

/** Joins what was put before the text with what was put after it. */
const mergeText = ({ base, mine, theirs }: TextSides): string | null =>
  mine.endsWith(base) && theirs.startsWith(base) ? mine + theirs.slice(base.length) : null;
const run = (base: JsonValue, mine: JsonValue, theirs: JsonValue, options: Partial<MergeOptions> = {}) =>
  merge({ texts: ['/t'], mergeText, ...options, ...deepFreeze({ base, mine, theirs }) });

describe('a declared text', () => {
  test('that both changed holds both changes, and is told as merged', () => {
    expect(run({ t: 'b', n: 1 }, { t: 'mb', n: 1 }, { t: 'bt', n: 1 })).toEqual({
      merged: { t: 'mbt', n: 1 },
      conflicts: [],
      outcomes: [{ path: '/t', status: 'merged' }],
    });
  });

  test('whose two changes cannot be joined is a conflict that keeps theirs', () => {
    expect(run({ t: 'b' }, { t: 'x' }, { t: 'y' })).toEqual({
      merged: { t: 'y' },
      conflicts: [{ path: '/t', base: 'b', mine: 'x', theirs: 'y' }],
      outcomes: [{ path: '/t', status: 'conflict' }],
    });
  });

  test('that already holds mine leaves the stored record itself', () => {
    const theirs = deepFreeze({ t: 'bt', n: 2 });
    const joinedIsTheirs = () => 'bt';
    expect(run({ t: 'b', n: 1 }, { t: 'mb', n: 1 }, theirs, { mergeText: joinedIsTheirs }).merged).toBe(theirs);
  });

  test('is only asked about when both changed it, differently', () => {
    const never = (): never => {
      throw new Error('asked');
    };
    const told = (mine: JsonValue, theirs: JsonValue) =>
      run({ t: 'b' }, mine, theirs, { mergeText: never }).outcomes.map(({ status }) => status);
    expect(told({ t: 'x' }, { t: 'b' })).toEqual(['applied']);
    expect(told({ t: 'b' }, { t: 'x' })).toEqual(['merged']);
    expect(told({ t: 'x' }, { t: 'x' })).toEqual(['same']);
    expect(told({}, { t: 'x' })).toEqual(['merged']);
  });

  test.each<[string, JsonValue, JsonValue, JsonValue]>([
    ['that is new on both sides', {}, { t: 'm' }, { t: 't' }],
    ['that was null', { t: null }, { t: 'm' }, { t: 't' }],
    ['that became a number', { t: 'b' }, { t: 1 }, { t: 'bt' }],
    ['that theirs cleared to null', { t: 'b' }, { t: 'mb' }, { t: null }],
    ['that theirs removed', { t: 'b' }, { t: 'mb' }, {}],
    ['that is a list', { t: ['b'] }, { t: ['m', 'b'] }, { t: ['b', 't'] }],
  ])('%s is not joined', (_, base, mine, theirs) => {
    const result = run(base, mine, theirs, { mergeText: () => 'joined' });
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/t']);
    expect(result.merged).toEqual(theirs);
  });

  test('that mine asks to remove is a conflict and not joined', () => {
    expect(run({ t: 'b' }, { t: 'mb' }, { t: 'bt' }, { unset: ['/t'] }).conflicts).toHaveLength(1);
  });
});

describe('which texts are declared', () => {
  test('a text above a declared one is a conflict', () => {
    expect(run({ t: 'b' }, { t: 'mb' }, { t: 'bt' }, { texts: ['/t/u'] }).conflicts).toHaveLength(1);
  });

  test('another text is a conflict', () => {
    expect(run({ s: 'b' }, { s: 'mb' }, { s: 'bt' }).conflicts.map(({ path }) => path)).toEqual(['/s']);
  });

  test('a bare name is the field at the top, and not one of that name further down', () => {
    const nested = (t: string) => ({ t, o: { t } });
    const result = run(nested('b'), nested('mb'), nested('bt'), { texts: ['t'] });
    expect(result.merged).toEqual({ t: 'mbt', o: { t: 'bt' } });
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/o/t']);
  });

  test('a text of every item of a keyed list, also of one that moved', () => {
    const item = (id: string, t: string) => ({ id, t });
    const result = run(
      { l: [item('a', 'b'), item('c', 'd')] },
      { l: [item('c', 'd'), item('a', 'mb')] },
      { l: [item('a', 'bt'), item('c', 'd')] },
      { texts: ['/l/*/t'] },
    );
    expect(result.merged).toEqual({ l: [item('c', 'd'), item('a', 'mbt')] });
  });

  test('a text beside lists that are declared by the same star', () => {
    const side = (t: string, x: number) => ({ t, l: [{ slug: 's', x, y: 1 }] });
    const theirs = { t: 'bt', l: [{ slug: 's', x: 1, y: 2 }] };
    const result = run(side('b', 1), side('mb', 2), theirs, { texts: ['/*'], keys: { '/*': 'slug' } });
    expect(result.merged).toEqual({ t: 'mbt', l: [{ slug: 's', x: 2, y: 2 }] });
    expect(result.conflicts).toEqual([]);
  });

  test('nothing is joined without a function that joins', () => {
    const result = merge({ base: { t: 'b' }, mine: { t: 'mb' }, theirs: { t: 'bt' }, texts: ['/t'] });
    expect(result.conflicts).toHaveLength(1);
  });
});
