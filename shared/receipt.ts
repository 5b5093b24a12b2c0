import type { JsonValue } from './json.ts';

/**
 * What happened to one field of a save.
 *
 * applied    the save's value is stored            kept       protected: the stored value stayed
 * merged     somebody else's change stayed         unchanged  the save had the value that is stored already
 * conflict   both changed it, nothing was saved    overwrote  a save without a base replaced `theirs`
 */
export type FieldStatus = 'applied' | 'kept' | 'merged' | 'unchanged' | 'conflict' | 'overwrote';

/** One line of a receipt; `by` and `at` name the other side where there is one. */
export interface FieldReceipt {
  readonly path: string;
  readonly status: FieldStatus;
  readonly theirs?: JsonValue;
  readonly by?: string;
  readonly at?: string;
}

/** How a save ended. */
export type SaveOutcome = 'created' | 'saved' | 'unchanged' | 'deleted' | 'conflict';

/** What a save did, field by field; `warnings` are errors at fields that this save did not touch. */
export interface Receipt {
  readonly outcome: SaveOutcome;
  readonly fields: readonly FieldReceipt[];
  readonly warnings?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
}

/** One collision of a refused save: `base`, `mine`, `theirs` are absent where that side has no value. */
export interface Conflict {
  readonly path: string;
  readonly base?: JsonValue;
  readonly mine?: JsonValue;
  readonly theirs?: JsonValue;
  readonly author: string | null;
  readonly at: string | null;
}
