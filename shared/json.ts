/** Any value that JSON can carry; `undefined` is never one. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A JSON object: what a record, a patch of fields and a base are. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** True for a JSON object, false for an array, `null` and every other value. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
