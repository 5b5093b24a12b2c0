import type { JsonObject } from '../../shared/json.ts';
import type { Conflict } from '../../shared/receipt.ts';
import type { SyncProblem } from './SyncRequestError.ts';

/** A verb of HTTP that changes something. */
export type SaveMethod = 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/**
 * Where a save is.
 *
 *              ┌────────── retry, resolve ───────────┐
 *              ▼                                     │
 *   waiting ──────► sending ──► (done: leaves the queue)
 *      ▲               │ ├──► failed    refused, or not signed in
 *      └─ no answer ───┘ └──► conflict  parks this record only
 */
export type EntryStatus = 'waiting' | 'sending' | 'failed' | 'conflict';

/** One save that has not reached the server yet, with everything that was typed. */
export interface QueueEntry {
  readonly id: string;
  readonly url: string;
  readonly method: SaveMethod;
  readonly status: EntryStatus;
  readonly data: JsonObject;
  /** What goes out for it, which follows the saves before it; `base` is what that started from, null when nothing is known. */
  readonly sends: { readonly data: JsonObject; readonly base: JsonObject | null; readonly unset: readonly string[] };
  /** Why it failed, or why it is tried again. */
  readonly problem?: SyncProblem;
  /** Only with status `conflict`. */
  readonly conflicts?: readonly Conflict[];
  /** Only with status `conflict`: what is stored now; null when the record was deleted. */
  readonly current?: JsonObject | null;
  readonly addedAt: Date;
}

/**
 * The state of all saves of a page; a new frozen object after each change, the same one while nothing changes.
 *
 * Units   `queueLength` counts the saves that will be sent without anybody's help (waiting and sending)
 */
export interface SyncState {
  readonly syncing: boolean;
  /** The problem of the oldest entry that has one. */
  readonly syncError: SyncProblem | null;
  readonly lastSyncTime: Date | null;
  readonly online: boolean;
  /** True when what is not sent yet survives a closed page: there is an outbox, and the browser lets it write. */
  readonly isDurable: boolean;
  readonly queueLength: number;
  readonly entries: readonly QueueEntry[];
}

/** The state of a page that has not saved anything. */
export const idleSyncState: SyncState = Object.freeze({
  syncing: false,
  syncError: null,
  lastSyncTime: null,
  online: true,
  isDurable: false,
  queueLength: 0,
  entries: Object.freeze([]),
});

/** Derives the state from the entries of the queue. */
export function toSyncState(
  entries: readonly QueueEntry[],
  about: { lastSyncTime: Date | null; online: boolean; isDurable: boolean },
): SyncState {
  return Object.freeze({
    syncing: entries.some((entry) => entry.status === 'sending'),
    syncError: entries.find((entry) => entry.problem !== undefined)?.problem ?? null,
    lastSyncTime: about.lastSyncTime,
    online: about.online,
    isDurable: about.isDurable,
    queueLength: entries.filter((entry) => entry.status === 'waiting' || entry.status === 'sending').length,
    entries: Object.freeze([...entries]),
  });
}
