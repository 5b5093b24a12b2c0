/** What of edits that were typed earlier still says something here. */
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import { formatPointer } from '../../../shared/merge/pointer.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { QueueEntry } from '../../client/syncState.ts';
import type { CarriedEdits, OpenEdit } from '../form/carriedEdits.ts';
import { toFormValue } from '../form/toFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/** The edits of a save that was not accepted, as its form held them. */
export function editsOfSave(fields: readonly FieldDescription[], { sends }: QueueEntry): CarriedEdits['edits'] {
  const { data, base, unset } = sends;
  const typed = fields.filter(({ name }) => name in data || unset.includes(formatPointer([name])));
  const shown = (field: FieldDescription) =>
    // What was typed into the input of a secret is in the save; what is stored never is.
    field.class === 'secret' ? (data[field.name] ?? '') : toFormValue(field, data[field.name]);
  return new Map(typed.map((field) => [field.name, { value: shown(field), base: base?.[field.name] }] as const));
}

/** Without what is stored by now, or stands in the form already. */
export function openOnes(
  fields: readonly FieldDescription[],
  edits: CarriedEdits['edits'],
  { bases, values }: Pick<RecordForm, 'bases' | 'values'>,
): CarriedEdits['edits'] {
  const [stored, typed] = [bases.stored(), values()];
  const open = fields.flatMap((field): (readonly [string, OpenEdit])[] => {
    const { name } = field;
    const edit = edits.get(name);
    if (edit === undefined || jsonEquals(edit.value, toFormValue(field, stored[name]))) return [];
    return bases.dirty().has(name) && jsonEquals(edit.value, typed[name]) ? [] : [[name, edit]];
  });
  return new Map(open);
}
