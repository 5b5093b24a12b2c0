/** What a save of a form sends: the fields that were touched, what each was based on, and what is taken away. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import { escapeToken, formatKeyToken } from '../../../shared/merge/pointer.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fromFormValue } from './fromFormValue.ts';

/** The parts of one save. `base` leaves out a field that did not exist when it was touched. */
export interface SavePayload {
  readonly data: JsonObject;
  readonly base: JsonObject;
  readonly unset: readonly string[];
}

/** Makes the save of these fields from the values of the form and the values they were based on. */
export function savePayload(
  fields: readonly FieldDescription[],
  values: JsonObject,
  bases: ReadonlyMap<string, JsonValue | undefined>,
): SavePayload {
  const data: Record<string, JsonValue> = {};
  const base: Record<string, JsonValue> = {};
  const unset: string[] = [];
  for (const field of fields) {
    const based = bases.get(field.name);
    const value = fromFormValue(field, values[field.name]);
    if (value === undefined) unset.push(`/${escapeToken(field.name)}`);
    else data[field.name] = value;
    // The panel has never seen a secret, so it cannot say what one was.
    if (based !== undefined && field.class !== 'secret') base[field.name] = based;
    if (value !== undefined) unset.push(...removedMembers(field, based, value, `/${escapeToken(field.name)}`));
  }
  return { data, base, unset };
}

/** Inside a group or an item an absent member means "as it was", so each one that was emptied is named. */
function removedMembers(
  field: FieldDescription,
  before: JsonValue | undefined,
  after: JsonValue,
  path: string,
): readonly string[] {
  if (field.kind === 'group' && isJsonObject(before) && isJsonObject(after)) {
    return removedFrom(field.fields ?? [], before, after, path);
  }
  if (field.kind !== 'list' || !Array.isArray(before) || !Array.isArray(after)) return [];
  return after.flatMap((item) => {
    const known = isJsonObject(item) ? before.find((other) => isJsonObject(other) && other.id === item.id) : undefined;
    if (!isJsonObject(item) || typeof item.id !== 'string' || !isJsonObject(known)) return [];
    return removedFrom(field.fields ?? [], known, item, `${path}/${escapeToken(formatKeyToken('id', item.id))}`);
  });
}

function removedFrom(
  fields: readonly FieldDescription[],
  before: JsonObject,
  after: JsonObject,
  path: string,
): readonly string[] {
  return fields.flatMap((field) => {
    const inner = `${path}/${escapeToken(field.name)}`;
    const value = after[field.name];
    if (value === undefined) return before[field.name] === undefined ? [] : [inner];
    return removedMembers(field, before[field.name], value, inner);
  });
}
