/** What makes the items of a list recognisable: a key of their own. */
import { isJsonObject, type JsonValue } from '../json.ts';

/** The keys of a list of which every item has one, no two alike. */
export interface ListKeys {
  /** By position in the list. */
  readonly keys: readonly string[];
  /** Where each key stands. */
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * The keys of the items, or `undefined` when the list is not keyed.
 *
 * Shape   keyed = every item is an object with a text or number in `field`, and no two are alike as text
 */
export function readListKeys(list: readonly JsonValue[], field: string): ListKeys | undefined {
  const keys: string[] = [];
  const positions = new Map<string, number>();
  for (const item of list) {
    const key = keyOf(item, field);
    if (key === undefined) return undefined;
    positions.set(key, keys.length);
    keys.push(key);
  }
  return positions.size === keys.length ? { keys, positions } : undefined;
}

/** The key of an item as text; `undefined` when it has none. */
export function keyOf(item: JsonValue | undefined, field: string): string | undefined {
  const value = isJsonObject(item) ? item[field] : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}
