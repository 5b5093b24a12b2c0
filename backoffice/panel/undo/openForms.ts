import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';

/** What an open form does for an undo of its record. */
export interface OpenForm {
  /** A change was taken back: what is typed on in its fields is based on that now, as the same person did both. */
  readonly takenBack: (record: JsonObject) => void;
  /** Puts what the undo wants into the form, on what it is based on, and saves: the dialog of conflicts opens. */
  readonly settle: (conflicts: readonly Conflict[], current: JsonObject) => void;
}

/** The forms that are open, by the address of the record. */
export const openForms = new Map<string, OpenForm>();
