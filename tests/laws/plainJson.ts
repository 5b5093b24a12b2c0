/** JSON by hand: what the laws look at results with, so that no law leans on the engine that it judges. */
import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** An object that is still being built. */
export type Draft = Record<string, unknown>;

/** True for a JSON object, false for a list, `null` and every other value. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member of that name; what every object inherits counts as absent. */
export function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets an own member, whatever its name. */
export function put(object: object, name: string, value: unknown): void {
  if (name !== '__proto__') (object as Draft)[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** True when both are the same JSON, or both absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

/** A copy that shares nothing. */
export function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (!isObject(value)) return value;
  const copy = {};
  for (const name of Object.keys(value)) put(copy, name, copyOf(value[name]));
  return copy as Value;
}

/** Freezes a value with everything inside it, so that a write to it throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // A broken engine may hand out what every object inherits; freezing that would break everything else, too.
  if ((value as unknown) === Object.prototype) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozen(inner);
  return value;
}

/** The token that names an item: `[id=m1]`. */
export function itemToken(field: string, key: unknown): string {
  return `[${field}=${String(key)}]`;
}

/** The pointer made of tokens. */
export function pointerOf(tokens: readonly string[]): string {
  let pointer = '';
  for (const token of tokens) pointer += `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return pointer;
}

/** The value at a place; a token inside a list is an item token or an index. */
export function at(record: unknown, tokens: readonly string[]): JsonValue | undefined {
  let value = record as JsonValue | undefined;
  for (const token of tokens) {
    if (Array.isArray(value)) value = itemOf(value, token);
    else if (isObject(value)) value = own(value, token);
    else return undefined;
  }
  return value;
}

function itemOf(list: readonly JsonValue[], token: string): JsonValue | undefined {
  const equals = token.indexOf('=');
  if (!token.startsWith('[') || equals === -1) return list[Number(token)];
  const [field, key] = [token.slice(1, equals), token.slice(equals + 1, -1)];
  return list.find((item) => isObject(item) && keyOf(item, field) === key);
}

/** The key of an item as text, or `undefined` when it has none. */
export function keyOf(item: JsonValue, field: string): string | undefined {
  const value = isObject(item) ? own(item, field) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
