import type { JsonObject } from '../../shared/json.ts';
import { overlay } from './overlay.ts';
import type { RebasedSave } from './rebaseSave.ts';
import { recordKeyOf } from './recordUrl.ts';
import { settleConflict } from './settleConflict.ts';

/** The last record that the page was given for one URL; `typed` is what it had sent for it, null after a load. */
export interface RememberedRecord {
  readonly record: JsonObject;
  readonly etag: string | null;
  readonly typed: JsonObject | null;
}

/** What the page was given, by URL: the base of a save that names none. */
export interface RecordMemory {
  remember(url: string, remembered: RememberedRecord): void;
  forget(url: string): void;
  /**
   * Puts a new save on what is remembered; null when nothing is.
   *
   * A form that was not refreshed with the answer to its own save still holds what it sent. Such a value is no edit:
   * the answer's value, a colleague's perhaps, stays.
   */
  place(
    url: string,
    save: { data: JsonObject; unset: readonly string[] },
  ): (RebasedSave & { readonly etag: string | null }) | null;
}

/** Makes an empty memory. */
export function createRecordMemory(): RecordMemory {
  const records = new Map<string, RememberedRecord>();
  return {
    remember: (url, remembered) => void records.set(recordKeyOf(url), remembered),
    forget: (url) => void records.delete(recordKeyOf(url)),
    place(url, save) {
      const known = records.get(recordKeyOf(url));
      if (!known) return null;
      if (known.typed === null) return { ...save, base: known.record, etag: known.etag };
      // Mine, because whoever changed a field again after the answer came may well have seen the answer.
      const typed = { ...save, base: overlay(known.record, known.typed) };
      return { ...settleConflict(typed, known.record, 'mine'), etag: known.etag };
    },
  };
}
