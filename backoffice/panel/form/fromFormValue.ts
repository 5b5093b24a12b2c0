/** From what the inputs hold to what a save sends. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { readNumber } from './readNumber.ts';

/**
 * The value of a field as it is stored; `undefined` for an optional field that is empty and may not be null.
 */
export function fromFormValue(field: FieldDescription, value: JsonValue | undefined): JsonValue | undefined {
  switch (field.kind) {
    case 'list':
      return Array.isArray(value) ? value.map((item) => fromFormValues(field.fields ?? [], item)) : [];
    case 'group':
      return fromFormValues(field.fields ?? [], value);
    case 'texts':
    case 'boolean':
    case 'json':
      return value;
    case 'number':
      // What is no number is sent as it was typed: refused, and never taken for an empty field.
      return orEmpty(field, typeof value === 'string' ? (readNumber(value) ?? value) : value);
    case 'email':
    case 'url':
    case 'phone':
      return orEmpty(field, typeof value === 'string' ? value.trim() : value);
    default:
      return orEmpty(field, value);
  }
}

/** The fields of a group or of an item, without those that are empty. */
export function fromFormValues(fields: readonly FieldDescription[], value: JsonValue | undefined): JsonObject {
  const members: Record<string, JsonValue> = isJsonObject(value) ? { ...value } : {};
  for (const field of fields) {
    const stored = fromFormValue(field, members[field.name]);
    if (stored === undefined) delete members[field.name];
    else members[field.name] = stored;
  }
  return members;
}

function orEmpty(field: FieldDescription, value: JsonValue | undefined): JsonValue | undefined {
  if (value !== '' && value !== undefined) return value;
  if (field.nullable) return null;
  // An empty required text is sent as it is, so that the server's own words say what is wrong with it.
  return field.required && field.kind !== 'number' ? '' : undefined;
}
