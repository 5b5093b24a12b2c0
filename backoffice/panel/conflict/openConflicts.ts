/** What is left of a refused save's conflicts, while people go on typing and saving. */
import type { JsonObject } from '../../../shared/json.ts';
import { formatPointer, getAt, parsePointer } from '../../../shared/merge/pointer.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fromFormValue } from '../form/fromFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/**
 * The conflicts that still are: with what is stored now and what the form holds now, since a person chooses between these
 * and not between what a 409 said some time ago. One whose field is no longer edited, or that both sides agree on, is over.
 */
export function openConflicts(
  conflicts: readonly Conflict[],
  fields: readonly FieldDescription[],
  { bases, values, marks }: Pick<RecordForm, 'bases' | 'values' | 'marks'>,
): readonly Conflict[] {
  const typed: JsonObject = values();
  return conflicts.flatMap((conflict) => {
    const [name, ...inner] = parsePointer(conflict.path) ?? [];
    const field = fields.find((each) => each.name === name);
    if (name === undefined || field === undefined || !bases.dirty().has(name)) return [];
    const { mine: _mine, theirs: _theirs, ...rest } = conflict;
    const mine = getAt(fromFormValue(field, typed[name]), formatPointer(inner));
    const theirs = getAt(bases.stored(), conflict.path);
    if (jsonEquals(mine, theirs)) return [];
    const mark = marks.get(name);
    const isNewer = mark !== undefined && (conflict.at === null || mark.at > conflict.at);
    return [
      {
        ...rest,
        ...(mine === undefined ? {} : { mine }),
        ...(theirs === undefined ? {} : { theirs }),
        ...(isNewer ? { author: mark.by, at: mark.at } : {}),
      },
    ];
  });
}
