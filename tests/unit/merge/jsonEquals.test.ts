import { expect, test } from 'vitest';
import { jsonEquals } from 'backoffice-sync/merge';

test.each<[string, unknown, unknown, boolean]>([
  ['the order of members does not count', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ['the order of items counts', [1, 2], [2, 1], false],
  ['zero has no sign', { a: -0 }, { a: 0 }, true],
  ['a number is not its digits', 1, '1', false],
  ['null is no empty object', null, {}, false],
  ['a list is no object with indexes', ['a'], { 0: 'a' }, false],
  ['an empty list is no empty object', [], {}, false],
  ['a missing member is no null', { a: null }, {}, false],
  ['another name is another member', { a: 1 }, { b: 1 }, false],
  ['an inherited member does not count', { toString: 1 }, { x: 1 }, false],
  ['an own __proto__ is a member', JSON.parse('{"__proto__": {}}'), JSON.parse('{"a": {}}'), false],
])('%s', (_, a, b, expected) => {
  expect(jsonEquals(a as never, b as never)).toBe(expected);
  expect(jsonEquals(b as never, a as never)).toBe(expected);
});
