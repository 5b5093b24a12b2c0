/** The checks that need no server: what is required is there, nothing is longer than it may be, and a number is one. */
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { readNumber } from './readNumber.ts';

/** A field that cannot be sent as it is. `path` is the form's: `links.0.url`. */
export interface FieldFault {
  readonly path: string;
  readonly fault: 'required' | 'tooLong' | 'notNumber';
  readonly field: FieldDescription;
}

/** The faults of these fields in the order of the form. */
export function checkFields(
  fields: readonly FieldDescription[],
  values: JsonValue | undefined,
  prefix = '',
): readonly FieldFault[] {
  const members = isJsonObject(values) ? values : {};
  return fields.flatMap((field) => checkField(field, members[field.name], `${prefix}${field.name}`));
}

function checkField(field: FieldDescription, value: JsonValue | undefined, path: string): readonly FieldFault[] {
  const inner = field.fields ?? [];
  if (field.kind === 'group') return checkFields(inner, value, `${path}.`);
  if (field.kind === 'list') {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) => checkFields(inner, item, `${path}.${index}.`));
  }
  if (field.required && isBlank(value) && field.class !== 'secret') return [{ path, fault: 'required', field }];
  if (field.kind === 'number' && typeof value === 'string' && !isBlank(value) && readNumber(value) === null)
    return [{ path, fault: 'notNumber', field }];
  const tooLong = field.maxLength !== undefined && typeof value === 'string' && value.length > field.maxLength;
  return tooLong ? [{ path, fault: 'tooLong', field }] : [];
}

/** A list or tags may be empty though required: that they exist is enough. */
function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
