import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyJsonPatch, applyMergePatch, diff, jsonEquals, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from '../unit/merge/deepFreeze.ts';
import { anyEdits, applyEdits, lawRuns, recordArbitrary } from './recordArbitrary.ts';

const edited = fc.tuple(recordArbitrary, anyEdits).map(([before, edits]) => [before, applyEdits(before, edits)]);
const unrelated = fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }));
const pairs = fc
  .oneof(edited, unrelated)
  .map((pair) => deepFreeze(pair as unknown as JsonValue) as [JsonValue, JsonValue]);

test('a diff that is applied leads from before to after', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const operations = deepFreeze(diff(before, after) as unknown as JsonValue);
      const result = applyJsonPatch(before, operations);
      expect(result.ok && jsonEquals(result.value, after)).toBe(true);
    }),
    lawRuns,
  );
});

test('a diff is empty exactly when the two are equal', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      expect(diff(before, after).length === 0).toBe(jsonEquals(before, after));
      expect(diff(before, structuredClone(before))).toEqual([]);
    }),
    lawRuns,
  );
});

test('a diff replaces only what differs', () => {
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      let value = before;
      for (const operation of diff(before, after)) {
        if (operation.op === 'replace') {
          expect(applyJsonPatch(value, [{ ...operation, op: 'test' }])).toMatchObject({ ok: false });
        }
        const next = applyJsonPatch(value, [operation]);
        expect(next.ok).toBe(true);
        if (next.ok) value = next.value;
      }
    }),
    lawRuns,
  );
});

test('a merge patch follows the pseudocode of its RFC', () => {
  const isObject = (value: unknown): value is Record<string, JsonValue> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const byTheBook = (target: JsonValue | undefined, patch: JsonValue): JsonValue => {
    if (!isObject(patch)) return patch;
    const result = new Map(isObject(target) ? Object.entries(target) : []);
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) result.delete(name);
      else result.set(name, byTheBook(result.get(name), value));
    }
    return Object.fromEntries(result);
  };
  fc.assert(
    fc.property(pairs, ([target, patch]) => {
      expect(jsonEquals(applyMergePatch(target, patch), byTheBook(target, patch))).toBe(true);
    }),
    lawRuns,
  );
});
