import { expect } from 'vitest';
import { merge, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

/** A list written as a word: `a1 b2` is `[{ id: 'a', n: 1 }, { id: 'b', n: 2 }]`. */
export const list = (items: string): JsonValue[] =>
  items
    .split(' ')
    .filter(Boolean)
    .map((item) => ({ id: item[0] as string, n: Number(item.slice(1)) }));

/** A merge and what it has to come to; conflicts are their paths. */
export type Case = readonly [
  name: string,
  sides: readonly [base: JsonValue, mine: JsonValue, theirs: JsonValue],
  merged: JsonValue,
  conflicts?: readonly string[],
];

/** One list at `/l`, each side as a word. */
export const lists = (name: string, sides: string, merged: string, conflicts?: readonly string[]): Case => {
  const [base = '', mine = '', theirs = ''] = sides.split('|').map((side) => side.trim());
  return [name, [{ l: list(base) }, { l: list(mine) }, { l: list(theirs) }], { l: list(merged) }, conflicts ?? []];
};

/** `$name` of a test's title is the name of its case. */
export const named = (cases: readonly Case[]) => cases.map((entry) => ({ name: entry[0], entry }));

/** Merges and compares. */
export const check = ([, [base, mine, theirs], merged, conflicts = []]: Case) => {
  const result = merge(deepFreeze({ base, mine, theirs }));
  expect(result.merged).toEqual(merged);
  expect(result.conflicts.map(({ path }) => path).sort()).toEqual([...conflicts].sort());
};
