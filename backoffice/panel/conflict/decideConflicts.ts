/** Turns what a person chose into a form whose next save ends the conflict. */
import type { JsonObject } from '../../../shared/json.ts';
import { formatPointer, parsePointer } from '../../../shared/merge/pointer.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fromFormValue } from '../form/fromFormValue.ts';
import { setAtPointer } from '../form/setAtPointer.ts';
import { toFormValue } from '../form/toFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/** Whose version of a field stays. */
export type ConflictChoice = 'mine' | 'theirs';

/**
 * Decides each conflict; one without a choice keeps mine, since that is what the form shows.
 *
 * Shape   mine: the base at that place becomes what is stored, so that the same text is a change of it;
 *         theirs: the form gets what is stored at that place. Both leave everything around the place as it was
 */
export function decideConflicts(
  recordForm: Pick<RecordForm, 'bases' | 'values' | 'set'>,
  fields: readonly FieldDescription[],
  conflicts: readonly Conflict[],
  choices: ReadonlyMap<string, ConflictChoice>,
): void {
  for (const conflict of conflicts) {
    const [name, ...inner] = parsePointer(conflict.path) ?? [];
    const field = fields.find((each) => each.name === name);
    if (name === undefined || field === undefined) continue;
    const place = formatPointer(inner);
    if (choices.get(conflict.path) !== 'theirs') {
      recordForm.bases.rebase(name, setAtPointer(recordForm.bases.baseOf(name), place, conflict.theirs));
      continue;
    }
    const values: JsonObject = recordForm.values();
    const mine = fromFormValue(field, values[name]);
    recordForm.set(name, toFormValue(field, setAtPointer(mine, place, conflict.theirs)));
  }
}
