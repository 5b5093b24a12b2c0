/** What is left of a refused save's conflicts, while people go on typing and saving. */
import type { JsonObject } from '../../../shared/json.ts';
import { formatPointer, getAt, parsePointer } from '../../../shared/merge/pointer.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { FieldAuthor } from '../form/createMergeNews.ts';
import { fromFormValue } from '../form/fromFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/** A conflict as it is now. */
export interface LiveConflict extends Conflict {
  /** True once both sides agree, or the field is no longer edited. */
  readonly isOver: boolean;
}

/**
 * The conflicts with what is stored now and what the form holds now, since a person chooses between these and not between what
 * a 409 said some time ago.
 *
 * Shape   `author` and `at` are null where the stored value is another one since then and nobody said who saved it
 */
export function openConflicts(
  conflicts: readonly Conflict[],
  fields: readonly FieldDescription[],
  { bases, values }: Pick<RecordForm, 'bases' | 'values'>,
  authors: ReadonlyMap<string, FieldAuthor>,
): readonly LiveConflict[] {
  const typed: JsonObject = values();
  return conflicts.flatMap((conflict) => {
    const [name, ...inner] = parsePointer(conflict.path) ?? [];
    const field = fields.find((each) => each.name === name);
    if (name === undefined || field === undefined) return [];
    const { mine: _mine, theirs: known, ...rest } = conflict;
    const mine = getAt(fromFormValue(field, typed[name]), formatPointer(inner));
    const theirs = getAt(bases.stored(), conflict.path);
    const last = authors.get(name);
    const isNewer = last !== undefined && (conflict.at === null || last.at > conflict.at);
    const isUnsigned = !isNewer && !jsonEquals(known, theirs);
    return [
      {
        ...rest,
        ...(mine === undefined ? {} : { mine }),
        ...(theirs === undefined ? {} : { theirs }),
        ...(isNewer ? { author: last.by, at: last.at } : {}),
        ...(isUnsigned ? { author: null, at: null } : {}),
        isOver: !bases.dirty().has(name) || jsonEquals(mine, theirs),
      },
    ];
  });
}
