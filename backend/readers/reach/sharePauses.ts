import { LRUCache } from 'lru-cache';

/** How what a node heard of a record is written for the others. */
export interface SharePausesOptions {
  readonly share: (key: string) => Promise<void>;
  /** Between two writes of one record, in milliseconds. */
  readonly pauseMs: number;
  readonly now: () => number;
  readonly later: (run: () => Promise<void>, ms: number) => void;
  /** Ends writing. */
  readonly closing: AbortSignal;
  /** Hears what failed after a pause, when nobody waits for it. */
  readonly onError: (error: unknown) => void;
}

/** Records that are written for the others; those that nothing was heard of for longest are forgotten. */
const maxRecords = 10_000;

/**
 * Writes what was heard of a record at once where it is news, and else no more than once in a pause.
 *
 * Invariant  the last word is written too, when its pause is over: it may be the one that makes a save late
 * Errors     of `share`, where it is written at once
 */
export function createSharePauses(options: SharePausesOptions): (key: string, isNews: boolean) => Promise<void> {
  const { share, pauseMs, now, later, closing, onError } = options;
  const known = new LRUCache<string, { readonly writtenAt: number; readonly isWaiting: boolean }>({ max: maxRecords });

  async function write(key: string): Promise<void> {
    known.set(key, { writtenAt: now(), isWaiting: false });
    await share(key);
  }

  async function writeAfterPause(key: string): Promise<void> {
    // News may have been written meanwhile, with everything that was heard until then.
    if (closing.aborted || known.get(key)?.isWaiting !== true) return;
    await write(key).catch(onError);
  }

  return async (key, isNews) => {
    const last = known.get(key);
    // No longer than a pause, though the clock was set back since.
    const restMs = last === undefined ? 0 : Math.min(last.writtenAt + pauseMs - now(), pauseMs);
    if (last === undefined || isNews || restMs <= 0) return write(key);
    if (last.isWaiting) return;
    known.set(key, { ...last, isWaiting: true });
    later(() => writeAfterPause(key), restMs);
  };
}

/** Runs something later, without keeping the process up for it. */
export function runLater(run: () => Promise<void>, ms: number): void {
  setTimeout(() => void run(), ms).unref();
}
