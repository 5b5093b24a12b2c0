import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  getAt,
  jsonEquals,
  matchesPattern,
  merge,
  restoreProtected,
  type JsonObject,
  type JsonValue,
} from 'backoffice-sync/merge';
import { deepFreeze } from '../unit/merge/deepFreeze.ts';
import { anyEdits, applyEdits, declarations, lawRuns, leafPaths, recordArbitrary } from './recordArbitrary.ts';

const paths = ['name', '/address/geo/lat', '/members/*/role', '/members/*/notes/*/text', '/links/*/to', '/tags'];
const { keys } = declarations;
const input = fc.tuple(recordArbitrary, anyEdits, anyEdits).map(([base, mine, theirs]) => {
  const sides = { base, incoming: applyEdits(base, mine), stored: applyEdits(base, theirs) };
  return deepFreeze(sides) as unknown as typeof sides;
});

/** The protected places of both records, except those inside an item that either lacks. */
function protectedPaths(record: JsonValue, stored: JsonValue): string[] {
  const all = [...new Set([...leafPaths(record), ...leafPaths(stored)])];
  return all.filter((path) => {
    const items = [...path.matchAll(/\/\[(?:id|slug)=[^/]*\]/g)].map(({ index, 0: token }) =>
      path.slice(0, index + token.length),
    );
    if (items.some((item) => getAt(record, item) === undefined || getAt(stored, item) === undefined)) return false;
    return paths.some((pattern) => matchesPattern(path, pattern));
  });
}

test('a protected path never changes', () => {
  fc.assert(
    fc.property(input, ({ incoming, stored }) => {
      const { record } = restoreProtected({ stored, incoming, paths, keys });
      for (const path of protectedPaths(record, stored)) expect(getAt(record, path), path).toEqual(getAt(stored, path));
    }),
    lawRuns,
  );
});

test('a protected path never changes through a merge, and is never a conflict', () => {
  fc.assert(
    fc.property(input, ({ base, incoming, stored }) => {
      const mine = restoreProtected({ stored, incoming, paths, keys }).record;
      const { merged, conflicts } = merge({ base, mine, theirs: stored, ...declarations });
      for (const path of protectedPaths(merged, stored)) expect(getAt(merged, path), path).toEqual(getAt(stored, path));
      for (const { path } of conflicts) {
        if (getAt(stored, path) !== undefined && getAt(mine, path) !== undefined)
          expect(
            paths.some((pattern) => matchesPattern(path, pattern)),
            path,
          ).toBe(false);
      }
    }),
    lawRuns,
  );
});

test('what is not protected stays as it came, and what is named did differ', () => {
  fc.assert(
    fc.property(input, ({ incoming, stored }) => {
      const { record, kept } = restoreProtected({ stored, incoming, paths, keys });
      for (const path of kept) {
        expect(
          // A list without keys is named as a whole.
          paths.some((pattern) => matchesPattern(path, pattern) || matchesPattern(path, pattern.split('/*')[0] ?? '')),
          path,
        ).toBe(true);
        expect(jsonEquals(getAt(incoming, path), getAt(record, path)), path).toBe(false);
      }
      if (kept.length > 0) return;
      for (const path of leafPaths(incoming)) expect(getAt(record, path), path).toEqual(getAt(incoming, path));
    }),
    lawRuns,
  );
});

test('putting back twice equals once', () => {
  fc.assert(
    fc.property(input, ({ incoming, stored }) => {
      const once = restoreProtected({ stored, incoming, paths, keys }).record as JsonObject;
      expect(restoreProtected({ stored, incoming: once, paths, keys, isWhole: true })).toEqual({
        record: once,
        kept: [],
      });
    }),
    lawRuns,
  );
});
