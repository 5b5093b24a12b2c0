import { expect, test } from 'vitest';
import { applyJsonPatch, diff, jsonEquals, type JsonPatchOperation, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

test.each<[string, JsonValue, JsonValue, JsonPatchOperation[]]>([
  ['equal records need nothing', { a: [1, { b: -0 }] }, { a: [1, { b: 0 }] }, []],
  [
    'a changed field is replaced',
    { a: { b: 1, c: 1 } },
    { a: { b: 2, c: 1 } },
    [{ op: 'replace', path: '/a/b', value: 2 }],
  ],
  ['a new field is added', {}, { 'a/b': null }, [{ op: 'add', path: '/a~1b', value: null }]],
  ['a lost field is removed', { a: null }, {}, [{ op: 'remove', path: '/a' }]],
  ['another kind is replaced', { a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
  ['the whole record is replaced', { a: 1 }, 'x', [{ op: 'replace', path: '', value: 'x' }]],
  [
    'items go from the back',
    [1, 2, 3, 4],
    [1, 4],
    [
      { op: 'remove', path: '/2' },
      { op: 'remove', path: '/1' },
    ],
  ],
  [
    'items come from the front',
    [1, 4],
    [1, 2, 3, 4],
    [
      { op: 'add', path: '/1', value: 2 },
      { op: 'add', path: '/2', value: 3 },
    ],
  ],
  [
    'items with ids are followed by id',
    [
      { id: 1, n: 1 },
      { id: 2, n: 1 },
      { id: 3, n: 1 },
      { id: 4, n: 1 },
    ],
    [{ id: 2, n: 2 }, { id: 9 }, { id: 4, n: 1 }],
    [
      { op: 'remove', path: '/2' },
      { op: 'remove', path: '/0' },
      { op: 'add', path: '/1', value: { id: 9 } },
      { op: 'replace', path: '/0/n', value: 2 },
    ],
  ],
])('%s', (_, before, after, operations) => {
  deepFreeze([before, after]);
  expect(diff(before, after)).toEqual(operations);
  const patched = applyJsonPatch(before, operations);
  expect(patched.ok && jsonEquals(patched.value, after)).toBe(true);
});

test('items with ids that changed places are written by place', () => {
  const before = [{ id: 1 }, { id: 2 }, { id: 3 }];
  const after = [{ id: 3 }, { id: 1 }, { id: 2 }];
  expect(applyJsonPatch(before, diff(before, after))).toEqual({ ok: true, value: after });
});
