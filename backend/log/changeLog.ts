import type { ChangeEntry, LogEntry } from './entry.ts';

/** A page of the log, oldest first. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** The last place of the log at the moment of reading; 0 for an empty log. */
  readonly head: number;
  /** The first place that reading may start after; a reader behind it has missed something for good. */
  readonly floor: number;
}

/**
 * The order of everything that happened, as readers see it. Every store has one.
 *
 * Invariants, each held by the contract suite of the log:
 * - an entry is seen by nobody before it is durable
 * - `seq` rises in the order in which entries become visible: after a reader saw 7, no 6 appears
 * - `seq` is never used twice, also not after a crash
 */
export interface ChangeLog {
  /** Names this log; another epoch means that positions and versions cannot be compared. */
  readonly epoch: string;
  /** The last durable place. */
  head(): number;
  /**
   * Entries after a place, at most `limit`; fewer only when the log ends there.
   *
   * Units   limit entries (default 256)
   * Errors  STORE_UNAVAILABLE
   */
  read(after: number, limit?: number): Promise<LogPage>;
  /** The changes of one record, newest first, below `beforeVersion` when given. */
  history(
    resource: string,
    id: string,
    options: { limit: number; beforeVersion?: number },
  ): Promise<readonly ChangeEntry[]>;
  /** The change that made a version; null when it is no longer kept. */
  version(resource: string, id: string, version: number): Promise<ChangeEntry | null>;
  /** The place of the last entry made at or before a time in milliseconds; the floor when all are later. */
  placeAt(time: number): Promise<number>;
  /** Calls back after entries became visible, coalesced; it may also call for nothing. Returns what ends it. */
  onAppend(listener: () => void): () => void;
}
