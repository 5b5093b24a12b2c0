import { v7 as uuidV7 } from 'uuid';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { matchesPattern } from '../../shared/merge/index.ts';
import type { Resource } from './defineResource.ts';

/**
 * Gives a key to each new item of a keyed list that came without one, so that the list stays mergeable per item.
 *
 * Shape   a list is keyed when it is declared (`keys`), or when another item of it, sent or stored, has an `id`
 */
export function giveItemKeys(resource: Resource, mine: JsonObject, current: JsonObject): JsonObject {
  return walk(mine, current, '', resource) as JsonObject;
}

function walk(value: JsonValue, stored: JsonValue | undefined, path: string, resource: Resource): JsonValue {
  if (Array.isArray(value)) return walkList(value, Array.isArray(stored) ? stored : [], path, resource);
  if (!isJsonObject(value)) return value;
  let changed: Record<string, JsonValue> | null = null;
  for (const [name, child] of Object.entries(value)) {
    if (typeof child !== 'object' || child === null) continue;
    const walked = walk(
      child,
      isJsonObject(stored) ? stored[name] : undefined,
      `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      resource,
    );
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
  return items.map((item) => (hasKey(item) ? item : { [field]: uuidV7(), ...without(item, field) }));
}

/** A null key counts as none and must not come after the new one. */
function without(item: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== field));
}
