import { v7 as uuidV7 } from 'uuid';
import { canonicalJson } from '../../shared/canonicalJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { matchesPattern } from '../../shared/merge/index.ts';
import type { Resource } from './defineResource.ts';

/**
 * Gives a key to each new item of a keyed list that came without one, so that the list stays mergeable per item.
 *
 * Shape   a list is keyed when it is declared (`keys`), or when another item of it, sent or stored, has an `id`
 */
export function giveItemKeys(
  resource: Resource,
  mine: JsonObject,
  known: { readonly stored: JsonObject; readonly base: JsonObject },
): JsonObject {
  return walk(mine, [known.stored, known.base], '', resource) as JsonObject;
}

/** What stands at the same place in what is stored and in what the save is based on. */
type Known = readonly (JsonValue | undefined)[];

function walk(value: JsonValue, known: Known, path: string, resource: Resource): JsonValue {
  if (Array.isArray(value)) return walkList(value, known.flatMap((list) => (Array.isArray(list) ? list : [])), path, resource); // prettier-ignore
  if (!isJsonObject(value)) return value;
  let changed: Record<string, JsonValue> | null = null;
  for (const [name, child] of Object.entries(value)) {
    if (typeof child !== 'object' || child === null) continue;
    const below = known.map((of) => (isJsonObject(of) && Object.hasOwn(of, name) ? of[name] : undefined));
    const walked = walk(child, below, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, resource);
    if (walked !== child) changed = { ...(changed ?? value), [name]: walked };
  }
  return changed ?? value;
}

function walkList(
  items: readonly JsonValue[],
  stored: readonly JsonValue[],
  path: string,
  resource: Resource,
): JsonValue {
  const declared = Object.entries(resource.keys).find(([pattern]) => matchesPattern(path, pattern))?.[1];
  if (resource.atomic.some((pattern) => matchesPattern(path, pattern)) || !items.every(isJsonObject)) return items;
  const field = declared ?? 'id';
  const hasKey = (item: JsonValue) => isJsonObject(item) && item[field] !== undefined && item[field] !== null;
  const isKeyed = declared !== undefined || items.some(hasKey) || stored.some(hasKey);
  if (!isKeyed || items.every(hasKey)) return items;
  // What stands there without a key, or stood there when the form was loaded, is no new item.
  const known = new Set(stored.filter((item) => !hasKey(item)).map(canonicalJson));
  return items.map((item) =>
    hasKey(item) || known.has(canonicalJson(item)) ? item : { [field]: uuidV7(), ...without(item, field) },
  );
}

/** A null key counts as none and must not come after the new one. */
function without(item: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== field));
}
