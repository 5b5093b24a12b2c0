import { describe, expect, test } from 'vitest';
import { applyJsonPatch, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

const apply = (document: JsonValue, ...operations: JsonValue[]) =>
  applyJsonPatch(deepFreeze(document), deepFreeze(operations));

describe('what is refused', () => {
  test.each<[string, JsonValue, JsonValue, string]>([
    ['an operation that is no object', {}, 'remove', 'syntax'],
    ['an unknown operation', {}, { op: 'spam', path: '' }, 'syntax'],
    ['an operation in capitals', { a: 1 }, { op: 'REMOVE', path: '/a' }, 'syntax'],
    ['a missing path', {}, { op: 'add', value: 1 }, 'syntax'],
    ['a path that is no pointer', {}, { op: 'add', path: 'a', value: 1 }, 'syntax'],
    ['a wrong escape', {}, { op: 'add', path: '/~2', value: 1 }, 'syntax'],
    ['a missing value', {}, { op: 'add', path: '/a' }, 'syntax'],
    ['a missing from', { a: 1 }, { op: 'move', path: '/b' }, 'syntax'],
    ['a move into its own child', { a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }, 'syntax'],
    ['a move of the document into itself', { a: 1 }, { op: 'move', from: '', path: '/b' }, 'syntax'],
    ['an add below nothing', {}, { op: 'add', path: '/a/b', value: 1 }, 'path'],
    ['an add below a number', { a: 1 }, { op: 'add', path: '/a/b', value: 1 }, 'path'],
    ['an index past the end', [1], { op: 'add', path: '/2', value: 1 }, 'path'],
    ['an index with a leading zero', [1], { op: 'add', path: '/00', value: 1 }, 'path'],
    ['a negative index', [1], { op: 'add', path: '/-1', value: 1 }, 'path'],
    ['a name in a list', [1], { op: 'add', path: '/x', value: 1 }, 'path'],
    ['the end of a list where a value is needed', [1], { op: 'replace', path: '/-', value: 1 }, 'path'],
    ['a replace of nothing', {}, { op: 'replace', path: '/a', value: 1 }, 'path'],
    ['a removal of nothing', {}, { op: 'remove', path: '/a' }, 'path'],
    ['a removal of the whole document', {}, { op: 'remove', path: '' }, 'path'],
    ['a copy of nothing', {}, { op: 'copy', from: '/a', path: '/b' }, 'path'],
    ['an inherited member', {}, { op: 'copy', from: '/toString', path: '/b' }, 'path'],
    ['a way through the prototype', {}, { op: 'add', path: '/__proto__/isAdmin', value: true }, 'path'],
    ['a test of another value', { a: 1 }, { op: 'test', path: '/a', value: '1' }, 'test'],
    ['a test of the place after the last item', [1], { op: 'test', path: '/-', value: 1 }, 'test'],
    ['a removal at the place after the last item', [1], { op: 'remove', path: '/-' }, 'path'],
    ['a removal at the length', [1], { op: 'remove', path: '/1' }, 'path'],
    ['a copy from the place after the last item', [1], { op: 'copy', from: '/-', path: '/0' }, 'path'],
    ['an index in another notation', [1, 2], { op: 'replace', path: '/1e0', value: 3 }, 'path'],
    ['an index with a leading zero in a test', [1, 2], { op: 'test', path: '/01', value: 2 }, 'test'],
    ['an index beyond every list', [1], { op: 'add', path: '/9007199254740993', value: 1 }, 'path'],
    ['the length of a list', [1], { op: 'replace', path: '/length', value: 3 }, 'path'],
    ['a path into text', { a: 'x' }, { op: 'test', path: '/a/0', value: 'x' }, 'test'],
    ['a wrong escape at the end', {}, { op: 'add', path: '/a~', value: 1 }, 'syntax'],
    ['a path that is null', {}, { op: 'add', path: null, value: 1 }, 'syntax'],
    ['a from that is a number', { 0: 1 }, { op: 'copy', from: 0, path: '/a' }, 'syntax'],
    ['an operation that is a list', {}, ['remove', '/a'], 'syntax'],
    ['a move from nothing onto itself', {}, { op: 'move', from: '/a', path: '/a' }, 'path'],
    ['a move below its own second place', [{ b: [1] }], { op: 'move', from: '/0', path: '/0/b/0' }, 'syntax'],
    ['a test of null where nothing is', {}, { op: 'test', path: '/a', value: null }, 'test'],
    [
      'a test of an object with one member less',
      { a: { x: 1, y: 2 } },
      { op: 'test', path: '/a', value: { x: 1 } },
      'test',
    ],
    ['a test of items in another order', { a: [1, 2] }, { op: 'test', path: '/a', value: [2, 1] }, 'test'],
    ['a test of false against zero', { a: 0 }, { op: 'test', path: '/a', value: false }, 'test'],
    ['a test of a place that is gone', {}, { op: 'test', path: '/a/b', value: 1 }, 'test'],
  ])('%s', (_, document, operation, reason) => {
    expect(apply(document, operation)).toMatchObject({ ok: false, index: 0, reason });
  });

  test.each([undefined, null, {}, 'x', 1])('%j, which is no list', (operations) => {
    expect(applyJsonPatch({}, operations)).toMatchObject({ ok: false, index: 0, reason: 'syntax' });
  });
});

describe('what is done', () => {
  test('a list takes an item at its end, at - and between', () => {
    const add = (path: string) => apply([1, 2], { op: 'add', path, value: 9 });
    expect(add('/2')).toEqual({ ok: true, value: [1, 2, 9] });
    expect(add('/-')).toEqual({ ok: true, value: [1, 2, 9] });
    expect(add('/1')).toEqual({ ok: true, value: [1, 9, 2] });
  });

  test('a move inside one list counts its target after the removal', () => {
    expect(apply([1, 2, 3], { op: 'move', from: '/0', path: '/2' })).toEqual({ ok: true, value: [2, 3, 1] });
  });

  test('a move onto itself changes nothing, also of the whole document', () => {
    expect(apply({ a: 1 }, { op: 'move', from: '/a', path: '/a' })).toEqual({ ok: true, value: { a: 1 } });
    expect(apply({ a: 1 }, { op: 'move', from: '', path: '' })).toEqual({ ok: true, value: { a: 1 } });
  });

  test('the whole document can be replaced, tested and overwritten by its own part', () => {
    expect(apply({ a: 1 }, { op: 'replace', path: '', value: [] })).toEqual({ ok: true, value: [] });
    expect(apply({ a: 1 }, { op: 'test', path: '', value: { a: 1 } })).toMatchObject({ ok: true });
    expect(apply({ a: { b: 1 } }, { op: 'copy', from: '/a', path: '' })).toEqual({ ok: true, value: { b: 1 } });
  });

  test('null is a value that can be added and found', () => {
    expect(apply({}, { op: 'add', path: '/a', value: null }, { op: 'test', path: '/a', value: null })).toEqual({
      ok: true,
      value: { a: null },
    });
  });

  test('a copy and its source change apart from each other', () => {
    const result = apply(
      { a: { n: { x: 1 } } },
      { op: 'replace', path: '/a/n/x', value: 2 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'replace', path: '/a/n/x', value: 3 },
      { op: 'add', path: '/b/n/y', value: 4 },
    );
    expect(result).toEqual({ ok: true, value: { a: { n: { x: 3 } }, b: { n: { x: 2, y: 4 } } } });
  });

  test('a value of the patch is not changed by a later operation', () => {
    const value = { x: 1 };
    const operations = deepFreeze([
      { op: 'add', path: '/a', value },
      { op: 'add', path: '/b', value },
      { op: 'replace', path: '/a/x', value: 2 },
    ]);
    expect(applyJsonPatch({}, operations)).toEqual({ ok: true, value: { a: { x: 2 }, b: { x: 1 } } });
    expect(value).toEqual({ x: 1 });
  });

  test('a member named __proto__ is a plain member', () => {
    const result = apply({}, { op: 'add', path: '/__proto__', value: { isAdmin: true } });
    expect(JSON.stringify(result)).toBe('{"ok":true,"value":{"__proto__":{"isAdmin":true}}}');
    expect(result.ok && Object.getPrototypeOf(result.value)).toBe(Object.prototype);
  });

  test('the operation at fault is named by its index', () => {
    const result = apply({ a: 1 }, { op: 'add', path: '/b', value: 1 }, { op: 'test', path: '/a', value: 2 });
    expect(result).toEqual({ ok: false, index: 1, reason: 'test', message: '"/a" has another value.' });
  });

  test.each<[string, JsonValue, JsonValue[], JsonValue]>([
    [
      'one number however written',
      JSON.parse('{"a":1.0}') as JsonValue,
      [{ op: 'test', path: '/a', value: 1 }],
      { a: 1 },
    ],
    [
      'members in any order',
      { a: { x: 1, y: [] } },
      [{ op: 'test', path: '/a', value: { y: [], x: 1 } }],
      { a: { x: 1, y: [] } },
    ],
    ['an add over a member, which replaces it', { a: 1 }, [{ op: 'add', path: '/a', value: null }], { a: null }],
    ['a replace by null, which is no removal', { a: 1 }, [{ op: 'replace', path: '/a', value: null }], { a: null }],
    [
      'an empty name',
      {},
      [
        { op: 'add', path: '/', value: { '': 1 } },
        { op: 'test', path: '//', value: 1 },
      ],
      { '': { '': 1 } },
    ],
    ['a name of digits in an object', { '01': 1 }, [{ op: 'replace', path: '/01', value: 2 }], { '01': 2 }],
    ['a minus as a name in an object', {}, [{ op: 'add', path: '/-', value: 1 }], { '-': 1 }],
    ['~01, which is ~1 and no slash', { '~1': 1 }, [{ op: 'remove', path: '/~01' }], {}],
    [
      'a copy of a value into itself',
      { a: { b: 1 } },
      [{ op: 'copy', from: '/a', path: '/a/c' }],
      { a: { b: 1, c: { b: 1 } } },
    ],
    ['a copy of the document into itself', { a: 1 }, [{ op: 'copy', from: '', path: '/b' }], { a: 1, b: { a: 1 } }],
    [
      'a copy onto its own place in a list, which doubles it',
      [1, 2],
      [{ op: 'copy', from: '/0', path: '/0' }],
      [1, 1, 2],
    ],
    ['a move onto the parent', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/a' }], { a: 1 }],
    ['a move over another member', { a: 1, b: 2 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    ['a move to the end of its own list', [1, 2], [{ op: 'move', from: '/0', path: '/-' }], [2, 1]],
    [
      'a document that becomes another kind and goes on',
      { a: 1 },
      [
        { op: 'add', path: '', value: [] },
        { op: 'add', path: '/-', value: 1 },
      ],
      [1],
    ],
    [
      'a document that is a plain value',
      1,
      [
        { op: 'test', path: '', value: 1 },
        { op: 'replace', path: '', value: 'x' },
      ],
      'x',
    ],
    ['members of no meaning', {}, [{ op: 'add', path: '/a', value: 1, from: '/nowhere', comment: 'x' }], { a: 1 }],
    ['nothing at all', { a: 1 }, [], { a: 1 }],
  ])('%s', (_, document, operations, expected) => {
    expect(apply(document, ...operations)).toEqual({ ok: true, value: expected });
  });

  test('a failed operation leaves nothing of those before it', () => {
    const document = { a: [1], b: { c: 1 } };
    const failed = apply(
      document,
      { op: 'add', path: '/a/-', value: 2 },
      { op: 'remove', path: '/b/c' },
      { op: 'remove', path: '/x' },
    );
    expect(failed).toMatchObject({ ok: false, index: 2 });
    expect(document).toEqual({ a: [1], b: { c: 1 } });
  });
});

describe('bounds', () => {
  test('more operations than allowed are refused', () => {
    const operations = Array.from({ length: 1001 }, () => ({ op: 'test', path: '', value: {} }));
    expect(applyJsonPatch({}, operations)).toMatchObject({ ok: false, index: 1000, reason: 'syntax' });
    expect(applyJsonPatch({}, operations, { maxOperations: Infinity })).toMatchObject({ ok: true });
  });

  test('copies that double a document again and again are refused', () => {
    const operations = Array.from({ length: 100 }, (_, index) => ({ op: 'copy', from: '', path: `/${index}` }));
    expect(applyJsonPatch({}, operations)).toMatchObject({ ok: false, reason: 'syntax' });
  });
});
