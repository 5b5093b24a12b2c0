import type { CarriedEdits } from '../form/carriedEdits.ts';

/**
 * What somebody has typed in one tab on one screen, and has not saved.
 *
 * Shape   `place` the address in the API: of the record, or of the collection for a new one; `id` one for each tab and place
 * Units   `atMs` milliseconds since 1970, of the last key
 */
export interface Draft {
  readonly id: string;
  readonly tab: string;
  readonly user: string;
  readonly place: string;
  readonly atMs: number;
  readonly edits: CarriedEdits['edits'];
}

/** A draft is kept for so long. */
export const keptDays = 30;

/** So many are kept in one browser; the oldest go. */
export const mostDrafts = 50;

/** A draft with more characters of JSON than this is not kept; leaving the screen asks all the same. */
export const mostCharacters = 1_000_000;
