/** Which items of a list went, came and stayed between two versions of it. */
import type { JsonValue } from '../json.ts';
import { alignKeys, nowhere } from './alignKeys.ts';
import { jsonEquals } from './jsonEquals.ts';
import { readListKeys } from './listKeys.ts';

/** The steps from one list to the other, in the order in which they are to be done. */
export interface ListDiff {
  /** Indexes before, from the back, so that each is still right when its turn comes. */
  readonly removed: readonly number[];
  /** Indexes after, from the front. */
  readonly added: readonly number[];
  /** Items that stay, as [index before, index after]; they may have changed inside. */
  readonly kept: readonly (readonly [number, number])[];
}

/** The steps from one list to the other. */
export function diffList(before: readonly JsonValue[], after: readonly JsonValue[]): ListDiff {
  return diffById(before, after) ?? diffByPlace(before, after);
}

/** By id, as long as the items that stay keep their order: a moved one is cheaper to write by place. */
function diffById(before: readonly JsonValue[], after: readonly JsonValue[]): ListDiff | undefined {
  const old = readListKeys(before, 'id');
  const now = old && alignKeys(after, { field: 'id', base: old });
  if (now === undefined) return undefined;
  const kept: [number, number][] = [];
  const added: number[] = [];
  let last = nowhere;
  for (const [index, from] of now.inBase.entries()) {
    if (from === nowhere) {
      added.push(index);
    } else {
      if (from < last) return undefined;
      last = from;
      kept.push([from, index]);
    }
  }
  const removed: number[] = [];
  for (let index = before.length - 1; index >= 0; index--) if (now.ofBase[index] === nowhere) removed.push(index);
  return { removed, added, kept };
}

/** By place: the equal start and end are cut off, what is between is compared pair by pair. */
function diffByPlace(before: readonly JsonValue[], after: readonly JsonValue[]): ListDiff {
  const shorter = Math.min(before.length, after.length);
  // Lists of one length need no cutting: pair by pair, what is equal writes nothing.
  const isSameLength = before.length === after.length;
  let start = isSameLength ? shorter : 0;
  while (start < shorter && jsonEquals(before[start], after[start])) start++;
  let end = 0;
  while (end < shorter - start && jsonEquals(before[before.length - 1 - end], after[after.length - 1 - end])) end++;
  const common = shorter - end;
  const kept: [number, number][] = [];
  for (let index = isSameLength ? 0 : start; index < common; index++) kept.push([index, index]);
  const removed: number[] = [];
  for (let index = before.length - 1 - end; index >= common; index--) removed.push(index);
  const added: number[] = [];
  for (let index = common; index < after.length - end; index++) added.push(index);
  return { removed, added, kept };
}
