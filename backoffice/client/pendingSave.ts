import type { JsonObject } from '../../shared/json.ts';
import type { Conflict } from '../../shared/receipt.ts';
import type { SaveRequest } from './buildSaveRequest.ts';
import type { SyncResult } from './createRealtimeSyncService.ts';
import type { RebasedSave } from './rebaseSave.ts';
import type { SyncProblem, SyncRequestError } from './SyncRequestError.ts';
import type { EntryStatus, QueueEntry, SaveMethod } from './syncState.ts';

/** Somebody who waits for the answer of a save. */
export interface Waiter {
  resolve(result: SyncResult): void;
  reject(error: SyncRequestError): void;
}

/**
 * One save on its way, as the queue changes it.
 *
 * `request` holds what was sent: from the first try until a definite answer neither body nor key may change,
 * because the server may have stored the save although its answer was lost.
 */
export interface PendingSave {
  readonly id: string;
  /** Names the record, also for a create: saves of one record go one after the other. */
  readonly record: string;
  url: string;
  method: SaveMethod;
  readonly keep: readonly string[];
  readonly notify: boolean;
  readonly addedAt: Date;
  /** Everything the caller gave, before any rebase: what the caller's form still shows. */
  typed: JsonObject;
  /** What is sent. */
  data: JsonObject;
  /** What `data` started from; null when nothing is known. */
  base: JsonObject | null;
  /** What it was before it followed saves of other tabs; those behind it were typed on this. Null when it has not. */
  before: RebasedSave | null;
  /** Sets the fields whoever changed them. */
  blind: boolean;
  unset: readonly string[];
  /** The ETag that goes with `base`, for a delete. */
  etag: string | null;
  key: string;
  request: SaveRequest | null;
  status: EntryStatus;
  problem: SyncProblem | null;
  conflicts: readonly Conflict[];
  current: JsonObject | null;
  waiters: Waiter[];
  /** Aborted when the save is given up. */
  readonly gone: AbortController;
  /** Ends the pause between two tries; null while there is none. */
  wake: (() => void) | null;
  /** Ends the quiet time at once; null when the save is in its chain already. */
  flush: (() => void) | null;
  /** Starts the quiet time again; null when the save is in its chain already. */
  touch: (() => void) | null;
}

/** The save as the screen sees it. */
export function toQueueEntry(save: PendingSave): QueueEntry {
  return Object.freeze({
    id: save.id,
    url: save.url,
    method: save.method,
    status: save.status,
    data: save.typed,
    sends: { data: save.data, base: save.base, unset: save.unset },
    ...(save.problem ? { problem: save.problem } : {}),
    ...(save.status === 'conflict' ? { conflicts: save.conflicts, current: save.current } : {}),
    addedAt: save.addedAt,
  });
}
