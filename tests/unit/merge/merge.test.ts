import { describe, expect, test } from 'vitest';
import { merge, type MergeOptions } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

const run = (options: MergeOptions) => merge(deepFreeze(options as never) as MergeOptions);
const statuses = (options: MergeOptions) =>
  Object.fromEntries(run(options).outcomes.map(({ path, status }) => [path, status]));

describe('fields', () => {
  test('each side’s change of another field stays, and both are told', () => {
    const options = { base: { a: 1, o: { b: 1 } }, mine: { a: 2, o: { b: 1 } }, theirs: { a: 1, o: { b: 2 } } };
    expect(run(options).merged).toEqual({ a: 2, o: { b: 2 } });
    expect(statuses(options)).toEqual({ '/a': 'applied', '/o/b': 'merged' });
  });

  test('a conflict names all three values and keeps theirs', () => {
    const result = run({ base: { a: 1 }, mine: { a: 2 }, theirs: { a: 3 } });
    expect(result).toEqual({
      merged: { a: 3 },
      conflicts: [{ path: '/a', base: 1, mine: 2, theirs: 3 }],
      outcomes: [{ path: '/a', status: 'conflict' }],
    });
  });

  test('a conflict has no property for a side without a value', () => {
    expect(run({ base: { a: 1 }, mine: { a: 2 }, theirs: {} }).conflicts).toEqual([{ path: '/a', base: 1, mine: 2 }]);
    expect(run({ base: {}, mine: { a: 2 }, theirs: { a: 3 } }).conflicts).toEqual([{ path: '/a', mine: 2, theirs: 3 }]);
  });

  test('the same change on both sides is told as same', () => {
    expect(statuses({ base: { a: 1 }, mine: { a: 2 }, theirs: { a: 2 } })).toEqual({ '/a': 'same' });
  });

  test('null is a value and not an absence', () => {
    expect(run({ base: { a: 1, b: null }, mine: { a: null, b: null }, theirs: { a: 1, b: 2 } }).merged).toEqual({
      a: null,
      b: 2,
    });
  });

  test('a member that mine leaves out is unchanged at every depth', () => {
    const base = { a: 1, o: { b: 1, p: { c: 1, d: 1 } } };
    const result = run({ base, mine: { o: { p: { c: 2 } } }, theirs: base });
    expect(result.merged).toEqual({ a: 1, o: { b: 1, p: { c: 2, d: 1 } } });
    expect(result.outcomes).toEqual([{ path: '/o/p/c', status: 'applied' }]);
  });

  test('a partial object that changes nothing does not stand against its removal', () => {
    const result = run({ base: { o: { a: 1, b: 1 } }, mine: { o: { a: 1 } }, theirs: {} });
    expect(result).toEqual({ merged: {}, conflicts: [], outcomes: [{ path: '/o', status: 'merged' }] });
  });

  test('an edit inside an object that theirs removed is a conflict on the object', () => {
    const result = run({ base: { o: { a: 1, b: 1 } }, mine: { o: { a: 2 } }, theirs: {} });
    expect(result.merged).toEqual({});
    expect(result.conflicts).toEqual([{ path: '/o', base: { a: 1, b: 1 }, mine: { a: 2 } }]);
  });

  test('a change of kind is one value', () => {
    expect(run({ base: { a: [1] }, mine: { a: { x: 1 } }, theirs: { a: [1] } }).merged).toEqual({ a: { x: 1 } });
    expect(statuses({ base: { a: 't' }, mine: { a: { x: 1 } }, theirs: { a: { y: 1 } } })).toEqual({
      '/a': 'conflict',
    });
  });

  test('two new objects at one place merge member by member', () => {
    const options = { base: {}, mine: { o: { x: 1, z: 1 } }, theirs: { o: { y: 1, z: 1 } } };
    expect(run(options).merged).toEqual({ o: { x: 1, y: 1, z: 1 } });
    expect(statuses(options)).toEqual({ '/o/x': 'applied', '/o/y': 'merged', '/o/z': 'same' });
  });
});

describe('removing a field', () => {
  test('a field that mine asks to remove is removed', () => {
    const base = { a: 1, o: { b: 1 } };
    const result = run({ base, mine: {}, theirs: base, unset: ['/a', '/o/b'] });
    expect(result.merged).toEqual({ o: {} });
    expect(result.outcomes.map(({ path, status }) => `${path} ${status}`).sort()).toEqual([
      '/a applied',
      '/o/b applied',
    ]);
  });

  test('a removal against an edit is a conflict without a value of mine', () => {
    const result = run({ base: { a: 1 }, mine: { a: 1 }, theirs: { a: 2 }, unset: ['/a'] });
    expect(result.merged).toEqual({ a: 2 });
    expect(result.conflicts).toEqual([{ path: '/a', base: 1, theirs: 2 }]);
  });

  test('a removal of a field that only theirs has is a conflict and not silence', () => {
    expect(run({ base: {}, mine: {}, theirs: { a: 2 }, unset: ['/a'] }).conflicts).toEqual([{ path: '/a', theirs: 2 }]);
  });

  test('both sides removing a field is told as same', () => {
    expect(statuses({ base: { a: 1 }, mine: {}, theirs: {}, unset: ['/a'] })).toEqual({ '/a': 'same' });
  });

  test('a field of a list’s item is removed, also when mine sends no list', () => {
    const base = {
      l: [
        { id: 'a', phone: 1 },
        { id: 'b', phone: 2 },
      ],
    };
    const result = run({ base, mine: {}, theirs: base, unset: ['/l/[id=a]/phone'] });
    expect(result.merged).toEqual({ l: [{ id: 'a' }, { id: 'b', phone: 2 }] });
  });

  test('an item that mine asks to remove is removed', () => {
    const base = { l: [{ id: 'a' }, { id: 'b' }] };
    expect(run({ base, mine: {}, theirs: base, unset: ['/l/[id=a]'] }).merged).toEqual({ l: [{ id: 'b' }] });
  });

  test('a removal inside an object that theirs removed is a conflict on the object', () => {
    const result = run({ base: { o: { a: 1, b: 1 } }, mine: {}, theirs: {}, unset: ['/o/a'] });
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/o']);
  });

  test('a star in a removal is a name and not a pattern', () => {
    expect(run({ base: { a: 1, '*': 1 }, mine: {}, theirs: { a: 1, '*': 1 }, unset: ['/*'] }).merged).toEqual({ a: 1 });
  });
});

describe('the whole record', () => {
  test('a record that nobody stored yet is mine', () => {
    expect(run({ base: undefined, mine: { a: 1 }, theirs: undefined })).toEqual({
      merged: { a: 1 },
      conflicts: [],
      outcomes: [{ path: '', status: 'applied' }],
    });
  });

  test('an edit of a record that theirs deleted is a conflict on the record, and nothing is left', () => {
    const result = run({ base: { a: 1 }, mine: { a: 2 }, theirs: undefined });
    expect(result.merged).toBeNull();
    expect(result.conflicts).toEqual([{ path: '', base: { a: 1 }, mine: { a: 2 } }]);
  });

  test('a record may itself become null', () => {
    expect(run({ base: { a: 1 }, mine: null, theirs: { a: 1 } }).merged).toBeNull();
  });

  test('what nobody changed is shared with the input', () => {
    const theirs = {
      a: 1,
      big: { x: { y: 1 } },
      l: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
    };
    const base = structuredClone(theirs);
    const mine = {
      ...structuredClone(base),
      a: 2,
      l: [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ],
    };
    const merged = run({ base, mine, theirs }).merged as typeof theirs;
    expect(merged.big).toBe(theirs.big);
    expect(merged.l[0]).toBe(theirs.l[0]);
    expect(run({ base, mine: base, theirs }).merged).toBe(theirs);
  });

  test('members named __proto__ and constructor are plain members', () => {
    const base = JSON.parse('{"__proto__": {"a": 1}, "o": {}}');
    const mine = JSON.parse('{"__proto__": {"a": 2}, "o": {"constructor": {"prototype": 1}, "__proto__": {"x": 1}}}');
    const merged = run({ base, mine, theirs: structuredClone(base) }).merged;
    expect(JSON.stringify(merged)).toBe(
      '{"__proto__":{"a":2},"o":{"constructor":{"prototype":1},"__proto__":{"x":1}}}',
    );
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('an inherited name is not taken for a member of base', () => {
    expect(run({ base: {}, mine: { toString: 'x' }, theirs: {} }).merged).toEqual({ toString: 'x' });
    expect(run({ base: {}, mine: {}, theirs: JSON.parse('{"__proto__": {}}') }).outcomes).toEqual([
      { path: '/__proto__', status: 'merged' },
    ]);
  });
});
