import type { JsonValue } from '../../shared/json.ts';
import { listKeys, listRule } from './declaredLists.ts';
import { isObject, itemToken, keyOf, put } from './plainJson.ts';

/** The value with its keyed lists in the order of their keys, for laws that leave the order open. */
export function withoutOrder(value: JsonValue, tokens: readonly string[] = []): JsonValue {
  if (Array.isArray(value)) {
    const { field } = listRule(tokens);
    const keys = field === false ? undefined : listKeys(value, field);
    if (field === false || keys === undefined) return value;
    const items = value.map((item, index): [string, JsonValue] => {
      const key = String(keys[index]);
      return [key, withoutOrder(item as JsonValue, [...tokens, itemToken(field, key)])];
    });
    return items.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }
  if (!isObject(value)) return value;
  const copy = {};
  for (const name of Object.keys(value)) put(copy, name, withoutOrder(value[name] as JsonValue, [...tokens, name]));
  return copy as JsonValue;
}

/** True when an object inside a list has no key by which it could be known again. */
export function hasNewItems(value: JsonValue, name = ''): boolean {
  if (Array.isArray(value)) {
    const field = name === 'links' ? 'slug' : 'id';
    return value.some((item) => (isObject(item) && keyOf(item, field) === undefined) || hasNewItems(item as JsonValue));
  }
  return isObject(value) && Object.keys(value).some((inner) => hasNewItems(value[inner] as JsonValue, inner));
}
