import { expect, test } from 'vitest';
import { applyMergePatch, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

test.each<[string, JsonValue, JsonValue, JsonValue]>([
  ['null is stripped from objects that the patch creates', {}, { a: { b: null, c: { d: null } } }, { a: { c: {} } }],
  ['null is stripped where a plain value became an object', { a: 1 }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ['null is stripped where a list became an object', { a: [1] }, { a: { b: null } }, { a: {} }],
  ['null inside a list is a value', {}, { a: [null, { b: null }] }, { a: [null, { b: null }] }],
  ['null of nothing is nothing', { a: 1 }, { b: null, c: null }, { a: 1 }],
  ['null that is stored stays', { a: null }, { b: 1 }, { a: null, b: 1 }],
  ['a target that is no object becomes one', [1], { a: 1 }, { a: 1 }],
  ['a target that is no object becomes an empty one', 'x', {}, {}],
  ['a patch that is null replaces', { a: 1 }, null, null],
  ['a patch that is a list replaces', { a: 1 }, [null], [null]],
  ['a list is replaced and never merged', { a: [{ id: 1, x: 1 }] }, { a: [{ id: 1 }] }, { a: [{ id: 1 }] }],
  ['an empty object changes an object in nothing', { a: { b: 1 } }, { a: {} }, { a: { b: 1 } }],
  ['an empty object replaces a plain value', { a: 1 }, { a: {} }, { a: {} }],
  ['a name with a slash is a name', { 'a/b': 1 }, { 'a/b': null, '': 1 }, { '': 1 }],
])('%s', (_, target, patch, expected) => {
  expect(applyMergePatch(deepFreeze(target), deepFreeze(patch))).toEqual(expected);
});

test('a member named __proto__ is a plain member', () => {
  const patch = JSON.parse('{"__proto__":{"isAdmin":true,"gone":null}}') as JsonValue;
  const result = applyMergePatch({}, patch);
  expect(JSON.stringify(result)).toBe('{"__proto__":{"isAdmin":true}}');
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
});

test('an inherited name is not taken for a member of the target', () => {
  expect(applyMergePatch({}, { toString: { x: 1 } })).toEqual({ toString: { x: 1 } });
});
