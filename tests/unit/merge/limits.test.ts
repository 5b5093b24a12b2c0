import { describe, expect, test, vi } from 'vitest';
import {
  applyJsonPatch,
  applyMergePatch,
  diff,
  getAt,
  jsonEquals,
  merge,
  restoreProtected,
} from 'backoffice-sync/merge';
import type { JsonValue } from 'backoffice-sync/merge';

// A hundred thousand levels take a busy machine longer than a test usually may.
vi.setConfig({ testTimeout: 60_000 });

describe.each([10_000, 100_000])('%i levels', (levels) => {
  const nest = (leaf: JsonValue, wrap: (inner: JsonValue, level: number) => JsonValue) => {
    let value = leaf;
    for (let level = 0; level < levels; level++) value = wrap(value, level);
    return value;
  };
  const objects = (leaf: JsonValue) => nest(leaf, (inner) => ({ a: inner, k: 1 }));
  const lists = (leaf: JsonValue) => nest(leaf, (inner) => [inner]);
  const keyed = (x: number, y: number) => nest({ x, y }, (inner) => ({ l: [{ id: 'i', v: inner }] }));

  test('a change at the bottom of objects is merged', () => {
    const { merged, outcomes } = merge({
      base: objects({ x: 1, y: 1 }),
      mine: objects({ x: 2, y: 1 }),
      theirs: objects({ x: 1, y: 2 }),
    });
    expect(outcomes).toHaveLength(2);
    expect(outcomes[0]?.path).toHaveLength(2 * levels + 2);
    expect(jsonEquals(merged, objects({ x: 2, y: 2 }))).toBe(true);
  });

  test('a change at the bottom of keyed lists is merged', () => {
    const { merged } = merge({ base: keyed(1, 1), mine: keyed(2, 1), theirs: keyed(1, 2) });
    expect(jsonEquals(merged, keyed(2, 2))).toBe(true);
  });

  test('a change at every level is told at every level', () => {
    const every = (k: number) => nest(0, (inner) => ({ a: inner, k }));
    expect(merge({ base: every(1), mine: every(2), theirs: every(1) }).outcomes).toHaveLength(levels);
  });

  test('an edit inside what theirs removed is a conflict at the top of it', () => {
    const { conflicts } = merge({ base: { o: objects(1) }, mine: { o: objects(2) }, theirs: {} });
    expect(conflicts.map(({ path }) => path)).toEqual(['/o']);
  });

  test('a text at the bottom is joined', () => {
    const { merged } = merge({
      base: objects('b'),
      mine: objects('mb'),
      theirs: objects('bt'),
      texts: ['/a'.repeat(levels)],
      mergeText: () => 'mbt',
    });
    expect(jsonEquals(merged, objects('mbt'))).toBe(true);
  });

  test('a removal asked for at the bottom is done', () => {
    const { merged } = merge({
      base: objects({ x: 1 }),
      mine: {},
      theirs: objects({ x: 1 }),
      unset: [`${'/a'.repeat(levels)}/x`],
    });
    expect(jsonEquals(merged, objects({}))).toBe(true);
  });

  test('nested plain lists are one value', () => {
    expect(merge({ base: lists(1), mine: lists(2), theirs: lists(1) }).outcomes).toEqual([
      { path: '', status: 'applied' },
    ]);
  });

  test('equality, diff and both patches reach the bottom', () => {
    expect(jsonEquals(objects(1), objects(1))).toBe(true);
    expect(jsonEquals(lists(1), lists(2))).toBe(false);
    const operations = diff(objects(1), objects(2));
    expect(operations).toHaveLength(1);
    const patched = applyJsonPatch(objects(1), operations);
    expect(patched.ok && jsonEquals(patched.value, objects(2))).toBe(true);
    expect(jsonEquals(applyMergePatch(objects(1), objects(2)), objects(2))).toBe(true);
    expect(getAt(objects(7), '/a'.repeat(levels))).toBe(7);
  });

  test('a patch copies, moves, tests and removes deep values', () => {
    const bottom = '/a'.repeat(levels - 1);
    const operations = [
      { op: 'test', path: '', value: objects(1) },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'move', from: bottom, path: '/c' },
      { op: 'remove', path: '/b' },
    ];
    const patched = applyJsonPatch(objects(1), operations, { maxCopiedValues: Infinity });
    expect(patched.ok && getAt(patched.value, '/c/a')).toBe(1);
    expect(applyJsonPatch(objects(1), operations.slice(0, 2), { maxCopiedValues: levels })).toMatchObject({
      ok: false,
    });
  });

  test('a nested plain list that grew inside is written as one operation', () => {
    const operations = diff(lists([1]), lists([1, 2]));
    expect(operations).toHaveLength(1);
  });

  test('protected fields are put back above and around deep values', () => {
    const options = { stored: { o: objects(1), k: 1 }, incoming: { o: objects(2), k: 2 }, forbidOnNew: true };
    expect(restoreProtected({ ...options, paths: ['k', '/o/a/a/k'] }).kept).toEqual(['/k']);
    const { kept, record } = restoreProtected({ ...options, paths: ['/*'] });
    expect(kept).toEqual(['/o', '/k']);
    expect(jsonEquals(record, options.stored)).toBe(true);
  });
});

describe('20,000 items', () => {
  const list = (edit: (index: number) => number) =>
    Array.from({ length: 20_000 }, (_, index) => ({ id: index, n: edit(index) }));
  const base = { l: list(() => 0) };

  test('edits, additions, removals and a move merge in one list', () => {
    const mine = {
      l: [
        { id: 'new', n: 1 },
        ...list((index) => (index === 5 ? 1 : 0))
          .filter(({ id }) => id % 3 !== 2 || id === 5)
          .reverse(),
      ],
    };
    const theirs = { l: [...list((index) => (index === 6 ? 2 : 0)), { id: 'other', n: 2 }] };
    const { merged, conflicts } = merge({ base, mine, theirs });
    const { l } = merged as { l: { id: number | string; n: number }[] };
    expect(conflicts).toEqual([]);
    expect(l).toHaveLength(mine.l.length + 1);
    // 19,999 leads in mine, and `other` follows it in theirs.
    expect(l.slice(0, 4).map(({ id }) => id)).toEqual(['new', 19_999, 'other', 19_998]);
    expect(getAt(merged, '/l/[id=5]/n')).toBe(1);
    expect(getAt(merged, '/l/[id=6]/n')).toBe(2);
  });

  test('20,000 additions after one neighbour stay together', () => {
    const mine = { l: list(() => 1) };
    const theirs = { l: list(() => 2).map((item) => ({ ...item, id: `t${item.id}` })) };
    const { l } = merge({ base: { l: [] }, mine, theirs }).merged as { l: { n: number }[] };
    expect(l.map(({ n }) => n)).toEqual([...theirs.l, ...mine.l].map(({ n }) => n));
  });

  test('protected fields of every item are put back', () => {
    const { kept } = restoreProtected({ stored: base, incoming: { l: list(() => 9).reverse() }, paths: ['/l/*/n'] });
    expect(kept).toHaveLength(20_000);
  });

  test('one removed item is one operation', () => {
    expect(diff(base, { l: base.l.toSpliced(7, 1) })).toEqual([{ op: 'remove', path: '/l/7' }]);
  });
});
