import { expect, test } from 'vitest';
import { applyMergePatch, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';
import { readCorpus } from './readCorpus.ts';

interface MergePatchCase {
  readonly target: JsonValue;
  readonly patch: JsonValue;
  readonly expected: JsonValue;
}

test.each(readCorpus<MergePatchCase>('merge-patch.json'))('a merge patch follows RFC 7396: $name', (entry) => {
  expect(applyMergePatch(deepFreeze(entry.target), deepFreeze(entry.patch))).toEqual(entry.expected);
});

test('a merge patch with a member named __proto__ adds a member and leaves the prototype alone', () => {
  const patched = applyMergePatch({}, JSON.parse('{"__proto__": {"isAdmin": true}}'));
  expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
  expect(JSON.stringify(patched)).toBe('{"__proto__":{"isAdmin":true}}');
});
