import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { CarriedEdits } from '../form/carriedEdits.ts';

/** Edits without what is secret, at any depth: that is written nowhere but to the server. */
export function withoutSecrets(
  fields: readonly FieldDescription[],
  edits: CarriedEdits['edits'],
): CarriedEdits['edits'] {
  const kept = fields.flatMap((field) => {
    const edit = edits.get(field.name);
    if (edit === undefined || field.class === 'secret') return [];
    return [[field.name, { ...edit, value: strip(field, edit.value) }] as const];
  });
  return new Map(kept);
}

function strip(field: FieldDescription, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => strip(field, item));
  if (!isJsonObject(value)) return value;
  const members: Record<string, JsonValue> = { ...value };
  for (const inner of field.fields ?? []) {
    const member = members[inner.name];
    if (inner.class === 'secret') delete members[inner.name];
    else if (member !== undefined) members[inner.name] = strip(inner, member);
  }
  return members;
}
