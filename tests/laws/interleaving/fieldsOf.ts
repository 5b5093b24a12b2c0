import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isObject, itemToken } from '../plainJson.ts';

const owned = new Set(['id', 'version', 'createdAt', 'updatedAt', 'updatedBy']);

/** Every plain value of a record by its pointer, without what the server owns; an item counts as a field of its own. */
export function fieldsOf(record: JsonObject): Map<string, JsonValue> {
  const fields = new Map<string, JsonValue>();
  // The names and ids of the model need no escaping.
  const visit = (value: JsonValue, path: string): void => {
    if (Array.isArray(value)) {
      for (const item of value as readonly JsonObject[]) {
        const inside = `${path}/${itemToken('id', item['id'])}`;
        fields.set(inside, 'there');
        visit(item, inside);
      }
    } else if (isObject(value)) {
      for (const [name, inner] of Object.entries(value)) if (!owned.has(name)) visit(inner, `${path}/${name}`);
    } else {
      fields.set(path, value);
    }
  };
  visit(record, '');
  return fields;
}

/** Whether a pointer is this one or inside of it. */
export function isWithin(pointer: string, above: string): boolean {
  return pointer === above || pointer.startsWith(`${above}/`);
}
