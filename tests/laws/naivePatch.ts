import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { copyOf, isObject, own, put, same } from './plainJson.ts';

/** One operation of a JSON Patch, well formed. */
export interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: readonly string[];
  readonly from?: readonly string[];
  readonly value?: JsonValue;
}

/** A merge patch by the pseudocode of RFC 7396. */
export function mergePatchByTheBook(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? (copyOf(target) as Record<string, JsonValue>) : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name] as JsonValue;
    if (value === null) delete result[name];
    else put(result, name, mergePatchByTheBook(own(result, name), value));
  }
  return result;
}

/**
 * A JSON Patch by the words of RFC 6902, on a copy; the number of the operation that fails where one does.
 *
 * A move is a removal and an addition, a copy an addition of what is found, a replacement a removal and an addition.
 */
export function jsonPatchByTheBook(
  document: JsonValue,
  operations: readonly Operation[],
): { value: JsonValue } | number {
  const holder = { root: copyOf(document) };
  for (const [index, operation] of operations.entries()) if (!applyOne(holder, operation)) return index;
  return { value: holder.root };
}

interface Holder {
  root: JsonValue;
}

function applyOne(holder: Holder, { op, path, from = [], value }: Operation): boolean {
  const found = find(holder.root, op === 'move' || op === 'copy' ? from : path);
  switch (op) {
    case 'test':
      return found !== undefined && same(found, value);
    case 'add':
      return add(holder, path, copyOf(value as JsonValue));
    case 'remove':
      return remove(holder, path);
    case 'replace':
      if (path.length === 0) return add(holder, path, copyOf(value as JsonValue));
      return remove(holder, path) && add(holder, path, copyOf(value as JsonValue));
    case 'copy':
      return found !== undefined && add(holder, path, copyOf(found));
    case 'move':
      if (found === undefined || same(path, from)) return found !== undefined;
      return remove(holder, from) && add(holder, path, found);
  }
}

function add(holder: Holder, path: readonly string[], value: JsonValue): boolean {
  const last = path.at(-1);
  if (last === undefined) holder.root = value;
  const parent = find(holder.root, path.slice(0, -1));
  if (last === undefined) return true;
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : indexOf(last);
    if (index === undefined || index > parent.length) return false;
    parent.splice(index, 0, value);
    return true;
  }
  if (!isObject(parent)) return false;
  put(parent, last, value);
  return true;
}

function remove(holder: Holder, path: readonly string[]): boolean {
  const last = path.at(-1);
  const parent = find(holder.root, path.slice(0, -1));
  if (last === undefined || parent === undefined || find(parent, [last]) === undefined) return false;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Record<string, JsonValue>)[last];
  return true;
}

function find(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const token of path) {
    if (Array.isArray(found)) {
      const index = indexOf(token);
      found = index === undefined ? undefined : (found as JsonValue[])[index];
    } else {
      found = isObject(found) ? own(found as JsonObject, token) : undefined;
    }
  }
  return found;
}

function indexOf(token: string): number | undefined {
  return /^(0|[1-9]\d*)$/.test(token) ? Number(token) : undefined;
}
