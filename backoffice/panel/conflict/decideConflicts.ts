/** Turns what a person chose into a form whose next save ends the conflict. */
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { formatPointer, parsePointer } from '../../../shared/merge/pointer.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fromFormValue } from '../form/fromFormValue.ts';
import { setAtPointer } from '../form/setAtPointer.ts';
import { toFormValue } from '../form/toFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/** What stays at a place: what the form holds, or this value; without a value the place is taken away. */
export type ConflictDecision = 'mine' | { readonly value: JsonValue | undefined };

/**
 * Decides each conflict; one without a decision keeps mine, since that is what the form shows.
 *
 * Shape   the base at each place becomes what is stored there, so that whatever stays is a change of it and cannot collide again;
 *         a value is written into the form at that place. Both leave everything around the place as it was
 */
export function decideConflicts(
  recordForm: Pick<RecordForm, 'bases' | 'values' | 'set'>,
  fields: readonly FieldDescription[],
  conflicts: readonly Conflict[],
  decisions: ReadonlyMap<string, ConflictDecision>,
): void {
  for (const conflict of conflicts) {
    const [name, ...inner] = parsePointer(conflict.path) ?? [];
    const field = fields.find((each) => each.name === name);
    if (name === undefined || field === undefined) continue;
    const place = formatPointer(inner);
    const rebase = () =>
      recordForm.bases.rebase(name, setAtPointer(recordForm.bases.baseOf(name), place, conflict.theirs));
    rebase();
    const decision = decisions.get(conflict.path) ?? 'mine';
    if (decision === 'mine') continue;
    const values: JsonObject = recordForm.values();
    const mine = fromFormValue(field, values[name]);
    // In its place among the others, as it is stored: taking theirs must not move it.
    const stored = recordForm.bases.stored()[name];
    recordForm.set(name, toFormValue(field, setAtPointer(mine, place, decision.value, stored)));
    // A field that held what is stored had no base; now that it differs it has one, and that may be older than the conflict.
    rebase();
  }
}
