/** What makes the items of a list recognisable: a key of their own. */
import { isJsonObject, type JsonValue } from '../json.ts';

/** The keys of a list's items as text, in order; `undefined` for an item that has none. */
export type ListKeys = readonly (string | undefined)[];

/** How to read the keys of a list. */
export interface ReadKeysOptions {
  readonly field: string;
  /** An item without a key is new and does not make the list unkeyed. Default false. */
  readonly allowMissing?: boolean;
  /** Keys already known to be unique; a list with the same ones in the same order gets this very array back. */
  readonly like?: ListKeys;
}

/**
 * The keys of the items, or `undefined` when the list is not keyed.
 *
 * Shape   keyed = every item is an object with a text or number in `field`, and no two are alike as text
 */
export function readListKeys(list: readonly JsonValue[], options: ReadKeysOptions): ListKeys | undefined {
  if (options.like !== undefined && hasSameKeys(list, options.field, options.like)) return options.like;
  const keys: (string | undefined)[] = [];
  const seen = new Set<string>();
  let missing = 0;
  for (const item of list) {
    if (!isJsonObject(item)) return undefined;
    const value = item[options.field];
    const key = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    if (key !== undefined) seen.add(key);
    else if (options.allowMissing === true && (value === undefined || value === null)) missing++;
    else return undefined;
    keys.push(key);
  }
  return seen.size + missing === keys.length ? keys : undefined;
}

/** Where each key stands in its list. */
export function positionsOf(keys: ListKeys): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  keys.forEach((key, position) => {
    if (key !== undefined) positions.set(key, position);
  });
  return positions;
}

/** Spares a set for the usual list, in which nobody added, removed or moved an item. */
function hasSameKeys(list: readonly JsonValue[], field: string, like: ListKeys): boolean {
  if (list.length !== like.length) return false;
  for (let position = 0; position < list.length; position++) {
    const item = list[position];
    if (!isJsonObject(item)) return false;
    const value = item[field];
    const key = typeof value === 'number' ? String(value) : value;
    if (key === undefined || key !== like[position]) return false;
  }
  return true;
}
