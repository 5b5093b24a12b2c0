/** From what is stored to what the inputs hold. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';

/**
 * The value of a field as its input holds it: an absent text is '', an absent list is empty.
 *
 * Shape   members of a group or an item that no field describes stay as they are, so that a save sends them back
 */
export function toFormValue(field: FieldDescription, stored: JsonValue | undefined): JsonValue {
  // A secret never leaves the server; its input starts empty and stays so after a save.
  if (field.class === 'secret') return '';
  switch (field.kind) {
    case 'boolean':
      return stored === true;
    case 'number':
      return typeof stored === 'number' ? stored : '';
    case 'date':
      return typeof stored === 'string' ? stored.slice(0, 10) : '';
    case 'texts':
      return Array.isArray(stored) ? stored.filter((text) => typeof text === 'string') : [];
    case 'list':
      return Array.isArray(stored) ? stored.map((item) => toFormValues(field.fields ?? [], item)) : [];
    case 'group':
      return toFormValues(field.fields ?? [], stored);
    case 'json':
      return stored ?? null;
    default:
      return typeof stored === 'string' || typeof stored === 'number' ? String(stored) : '';
  }
}

/** The values of all these fields, as their inputs hold them. */
export function toFormValues(fields: readonly FieldDescription[], stored: JsonValue | undefined): JsonObject {
  const record = isJsonObject(stored) ? stored : {};
  const described = fields.map((field) => [field.name, toFormValue(field, record[field.name])] as const);
  return { ...record, ...Object.fromEntries(described) };
}

/** The values of a form for a record that does not exist yet. */
export function newFormValues(fields: readonly FieldDescription[]): JsonObject {
  return Object.fromEntries(fields.map((field) => [field.name, toFormValue(field, field.default)]));
}
