import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';

/** What is left of `data` without the members that `newer` sets too, at every depth of objects. */
export function withoutFields(data: JsonObject, newer: JsonObject): JsonObject {
  const rest: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(data)) {
    const other = Object.hasOwn(newer, name) ? newer[name] : undefined;
    if (other === undefined) rest[name] = value;
    else if (isJsonObject(value) && isJsonObject(other)) {
      const inner = withoutFields(value, other);
      if (Object.keys(inner).length > 0) rest[name] = inner;
    }
  }
  return rest;
}
