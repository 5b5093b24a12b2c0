import type { LogPosition } from '../../shared/cursor.ts';
import type { ChangeLog, LogPage } from './changeLog.ts';
import type { LogEntry } from './entry.ts';
import { createWakeup } from './wakeup.ts';

/**
 * Why a reader cannot go on from where it was.
 *
 * epoch      the log is another one: restored from a backup, or replaced
 * retention  what it had not read yet is no longer kept
 * ahead      it claims to have read what was never written
 */
export type ResetReason = 'epoch' | 'retention' | 'ahead';

/**
 * One step of a reader. After `reset` the entries go on from `head`: the reader loads everything that it holds once more
 * (after it got the reset, so that nothing falls between) and then goes on reading.
 */
export type FollowItem =
  | { readonly type: 'entry'; readonly entry: LogEntry }
  | { readonly type: 'reset'; readonly reason: ResetReason; readonly head: LogPosition };

/** What to follow, and from where. */
export interface FollowOptions {
  readonly log: ChangeLog;
  /** The place of the last entry that the reader has; 0 of the log's epoch for the beginning. */
  readonly after: LogPosition;
  /** Ends the iteration; without an error, and also while it waits. */
  readonly signal: AbortSignal;
  /** Entries that are read at once, which is also what a slow reader costs (default 256). */
  readonly pageSize?: number;
  /** The time after which it looks without being woken (default 1,000). */
  readonly safetyPollMs?: number;
  /** Gets the error of a read; the reader then tries again after the safety poll. Without it the iteration throws. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Gives every entry after a place, first those that exist, then each new one, until the signal ends it.
 *
 * The only loop over the log. It pulls: a reader that does not ask for the next item costs one page. Three invariants,
 * held by the contract suite: no gap, because it goes on from the last entry it gave and never from what woke it; no
 * repeat, because it never goes back; a wake-up that is lost only delays, because it looks again by itself.
 *
 * Units   safetyPollMs milliseconds
 * Errors  STORE_UNAVAILABLE from the log, unless `onError` is given
 */
export async function* follow(options: FollowOptions): AsyncGenerator<FollowItem, void, undefined> {
  const { log, signal, pageSize = 256, safetyPollMs = 1_000 } = options;
  const wakeup = createWakeup();
  const stopListening = log.onAppend(() => wakeup.ring());
  let position = options.after;
  try {
    while (!signal.aborted) {
      // Before the read, so that an entry that comes while it runs ends the wait below at once.
      wakeup.reset();
      const page = await readPage(options, position.seq, pageSize);
      if (signal.aborted) return;
      if (page === null) {
        await wakeup.wait(safetyPollMs, signal);
        continue;
      }
      const reason = findResetReason(position, log.epoch, page);
      if (reason !== null) {
        position = { epoch: log.epoch, seq: page.head };
        yield { type: 'reset', reason, head: position };
        continue;
      }
      for (const entry of page.entries) {
        position = { epoch: position.epoch, seq: entry.seq };
        yield { type: 'entry', entry };
        if (signal.aborted) return;
      }
      if (position.seq >= page.head) await wakeup.wait(safetyPollMs, signal);
    }
  } finally {
    stopListening();
  }
}

async function readPage(options: FollowOptions, after: number, pageSize: number): Promise<LogPage | null> {
  try {
    return await options.log.read(after, pageSize);
  } catch (error) {
    if (options.onError === undefined) throw error;
    options.onError(error);
    return null;
  }
}

/** The head of the page decides, not `log.head()`: another node may have written what this one has not heard of yet. */
function findResetReason(position: LogPosition, epoch: string, page: LogPage): ResetReason | null {
  if (position.epoch !== epoch) return 'epoch';
  if (position.seq > page.head) return 'ahead';
  if (position.seq < page.floor) return 'retention';
  return null;
}
