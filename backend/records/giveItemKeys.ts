import { v7 as uuidV7 } from 'uuid';
import { canonicalJson } from '../../shared/canonicalJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { formatPointer, matchesPattern } from '../../shared/merge/index.ts';
import type { Resource } from './defineResource.ts';
import { missingKey, refuseMissingKeys } from './missingKey.ts';

/** A save whose new items have keys. */
export interface KeyedItems {
  readonly mine: JsonObject;
  /** The keys that were given. */
  readonly given: ReadonlySet<string>;
}

/**
 * Gives a key to each new item of a keyed list, at any depth, that came without one, so that the list stays mergeable per item.
 *
 * A list whose keys are numbers gets none: which number is free only its owner knows, and one that was free again would
 * make two things one. On an integrator's route such an item stays as it came, for their database to number.
 *
 * Shape   a list is keyed when it is declared (`keys`), or when another item of it, sent or stored, has an `id`
 * Errors  INVALID for a new item without a number, in records of the product's own
 */
export function giveItemKeys(
  resource: Resource,
  mine: JsonObject,
  known: { readonly stored: JsonObject; readonly base: JsonObject; readonly foreign: boolean },
): KeyedItems {
  const into: Walk = { resource, given: new Set(), missing: [], open: new Set() };
  if (!findOpen(mine, Object.keys(resource.keys).length > 0, into.open)) return { mine, given: into.given };
  const walked = walk(mine, [known.stored, known.base], [], into) as JsonObject;
  if (!known.foreign) refuseMissingKeys(into.missing);
  return { mine: walked, given: into.given };
}

interface Walk {
  readonly resource: Resource;
  readonly given: Set<string>;
  readonly missing: ReturnType<typeof missingKey>[];
  /** Where an item may need a key, and all that such a list stands in; in a large record nearly nothing. */
  readonly open: Set<JsonValue>;
}

/** Notes what has to be looked at: lists with an item without an `id`, or with any item where other keys are declared. */
function findOpen(value: JsonValue, isAnyOpen: boolean, open: Set<JsonValue>): boolean {
  let isOpen = false;
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      if (typeof item !== 'object' || item === null) continue;
      const isKeyless = isAnyOpen || (isJsonObject(item) && (item['id'] ?? null) === null);
      if (findOpen(item, isAnyOpen, open) || isKeyless) isOpen = true;
    }
  } else if (isJsonObject(value)) {
    for (const name in value) {
      const child = value[name];
      if (typeof child === 'object' && child !== null && findOpen(child, isAnyOpen, open)) isOpen = true;
    }
  }
  if (isOpen) open.add(value);
  return isOpen;
}

/** What stands at the same place in what is stored and in what the save is based on. */
type Known = readonly (JsonValue | undefined)[];

function walk(value: JsonValue, known: Known, path: readonly string[], into: Walk): JsonValue {
  if (Array.isArray(value)) {
    const others = known.flatMap((list) => (Array.isArray(list) ? (list as readonly JsonValue[]) : []));
    return walkList(value, others, path, into);
  }
  if (!isJsonObject(value)) return value;
  let changed: Record<string, JsonValue> | null = null;
  for (const [name, child] of Object.entries(value)) {
    if (!into.open.has(child)) continue;
    const below = known.map((of) => (isJsonObject(of) && Object.hasOwn(of, name) ? of[name] : undefined));
    const walked = walk(child, below, [...path, name], into);
    if (walked !== child) changed = { ...(changed ?? value), [name]: walked };
  }
  return changed ?? value;
}

function walkList(
  items: readonly JsonValue[],
  others: readonly JsonValue[],
  path: readonly string[],
  into: Walk,
): JsonValue {
  const { keys, atomic } = into.resource;
  const pointer = formatPointer(path);
  const declared = Object.entries(keys).find(([pattern]) => matchesPattern(pointer, pattern))?.[1];
  if (atomic.some((pattern) => matchesPattern(pointer, pattern)) || !items.every(isJsonObject)) return items;
  const field = declared ?? 'id';
  const keyOf = (item: JsonValue) => (isJsonObject(item) ? (item[field] ?? undefined) : undefined);
  const keysThere = [...items, ...others].map(keyOf).filter((key) => key !== undefined);
  if (declared === undefined && keysThere.length === 0) return items;
  const isNumbered = keysThere.length > 0 && keysThere.every((key) => typeof key === 'number');
  // What stands there without a key, or stood there when the form was loaded, is no new item.
  let plain: ReadonlySet<string> | undefined;
  const isPlain = (item: JsonValue) =>
    (plain ??= new Set(others.filter((other) => keyOf(other) === undefined).map(canonicalJson))).has(
      canonicalJson(item),
    );
  let byKey: ReadonlyMap<string, readonly JsonValue[]> | undefined;
  let isChanged = false;
  const walked = items.map((item, index) => {
    const key = keyOf(item);
    if (key === undefined && isPlain(item)) return item;
    byKey ??= key !== undefined && into.open.has(item) ? groupByKey(others, keyOf) : undefined;
    const known = key === undefined ? [] : (byKey?.get(String(key)) ?? []);
    let next = into.open.has(item) ? walk(item, known, [...path, String(index)], into) : item;
    if (key === undefined && isNumbered) into.missing.push(missingKey([...path, String(index), field]));
    else if (key === undefined) next = withKey(next as JsonObject, field, into);
    if (next !== item) isChanged = true;
    return next;
  });
  return isChanged ? walked : items;
}

/** A null key counts as none and must not come after the new one. */
function withKey(item: JsonObject, field: string, { given }: Walk): JsonObject {
  const key = uuidV7();
  given.add(key);
  return { [field]: key, ...Object.fromEntries(Object.entries(item).filter(([name]) => name !== field)) };
}

function groupByKey(
  items: readonly JsonValue[],
  keyOf: (item: JsonValue) => JsonValue | undefined,
): ReadonlyMap<string, readonly JsonValue[]> {
  const groups = new Map<string, JsonValue[]>();
  for (const item of items) {
    const key = String(keyOf(item));
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
