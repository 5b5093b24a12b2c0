import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';

/** Puts the members of `over` on `under`, at every depth of objects; lists are values, and neither side is changed. */
export function overlay(under: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue>(Object.entries(under));
  for (const [name, value] of Object.entries(over)) {
    const below = merged.get(name);
    merged.set(name, isJsonObject(below) && isJsonObject(value) ? overlay(below, value) : value);
  }
  // Defines members, so that one called `__proto__` is one like any other.
  return Object.fromEntries(merged);
}
