/** What a save of a form sends: the fields that were touched, what each was based on, and what is taken away. */
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { escapeToken } from '../../../shared/merge/pointer.ts';
import { removedMembers } from '../../../shared/merge/removedMembers.ts';
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
    // Inside a group or an item an absent member means "as it was", so each one that was emptied is named.
    if (value !== undefined && based !== undefined)
      unset.push(...removedMembers({ [field.name]: based }, { [field.name]: value }));
  }
  return { data, base, unset };
}
