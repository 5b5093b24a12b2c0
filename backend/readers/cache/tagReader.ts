import { LRUCache } from 'lru-cache';
import type { LogPosition } from '../../../shared/cursor.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import type { LogEntry } from '../../log/entry.ts';
import { follow } from '../../log/follow.ts';
import { countedResource } from '../../records/counters/countsName.ts';

/** What a reader of tags is made of. */
export interface TagReaderOptions {
  readonly log: ChangeLog;
  /** Ends it; without an error. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
  /** Records whose last change is remembered one by one (default 10,000). */
  readonly maxRecords?: number;
}

/** Knows which resource and which record changed last at which place of the log, since it began. */
export interface TagReader {
  /** Everything up to here was read. */
  readonly place: LogPosition;
  /**
   * Resolves when everything was read that was in the log at the moment of the call; with false when that cannot be read now.
   *
   * A save that was acknowledged in this process is in the log before its answer: who calls this afterwards knows of it.
   */
  caughtUp(): Promise<boolean>;
  /** True when nothing under these tags (`goals`, `goals/g1`) is known to have changed after a place. */
  isUnchanged(tags: readonly string[], since: LogPosition): boolean;
}

/**
 * Follows the log from its end and remembers the place of the last change of each tag.
 *
 * Places instead of a list of what to remove: a value that was read at place 7 is right as long as nothing under its tags
 * changed after 7, whoever stored it and when. So a value that was computed while a save came in is old from the start, nodes
 * need not tell each other anything, and reading an entry twice changes nothing.
 */
export function createTagReader(options: TagReaderOptions): TagReader {
  const { log, signal, onError, maxRecords = 10_000 } = options;
  let place: LogPosition = { epoch: log.epoch, seq: log.head() };
  /** What is older was computed before anything was known here. */
  let since = place.seq;
  /** Of the records whose places were forgotten, the last one changed here. */
  let forgottenUpTo = 0;
  let isFailing = false;
  /** In the order in which they came, which is the order of their places: the log only grows. */
  let waiting: { readonly seq: number; readonly resolve: (isRead: boolean) => void }[] = [];
  const resources = new Map<string, number>();
  // Bounded by size and not by `max`, for which room would be taken at once.
  const records = new LRUCache<string, number>({
    maxSize: maxRecords,
    sizeCalculation: () => 1,
    dispose: (seq, _record, reason) => {
      if (reason === 'evict') forgottenUpTo = Math.max(forgottenUpTo, seq);
    },
  });

  function note(entry: LogEntry): void {
    if (entry.kind !== 'change') return;
    const resource = countedResource(entry.resource) ?? entry.resource;
    resources.set(resource, entry.seq);
    records.set(`${resource}/${entry.id}`, entry.seq);
  }

  function release(isRead: boolean, upTo = Number.POSITIVE_INFINITY): void {
    const still = waiting.findIndex(({ seq }) => seq > upTo);
    const released = waiting.splice(0, still === -1 ? waiting.length : still);
    for (const { resolve } of released) resolve(isRead);
  }

  async function read(): Promise<void> {
    const fail = (error: unknown): void => {
      isFailing = true;
      release(false);
      onError(error);
    };
    try {
      for await (const item of follow({ log, after: place, signal, onError: fail })) {
        isFailing = false;
        if (item.type === 'reset') {
          // What happened in between is not known: nothing that is older is right.
          resources.clear();
          records.clear();
          place = item.head;
          since = place.seq;
          forgottenUpTo = 0;
          release(false);
          continue;
        }
        note(item.entry);
        place = { epoch: place.epoch, seq: item.entry.seq };
        release(true, place.seq);
      }
    } finally {
      release(false);
    }
  }

  read().catch(onError);

  return {
    get place() {
      return place;
    },
    async caughtUp() {
      if (signal.aborted || place.epoch !== log.epoch) return false;
      const seq = log.head();
      if (place.seq >= seq) return true;
      if (isFailing) return false;
      return new Promise((resolve) => void waiting.push({ seq, resolve }));
    },
    isUnchanged(tags, from) {
      if (from.epoch !== place.epoch || from.seq < since) return false;
      return tags.every((tag) => {
        const last = tag.includes('/') ? (records.peek(tag) ?? forgottenUpTo) : (resources.get(tag) ?? 0);
        return last <= from.seq;
      });
    },
  };
}
