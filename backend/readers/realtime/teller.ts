import type { LogEntry } from '../../log/entry.ts';
import { createCountFold } from './countFold.ts';
import type { Feed } from './feed.ts';
import { isCount } from './projectCounts.ts';
import type { WrittenEvent } from './writtenEvent.ts';

/** Entries of the log in, events of one feed out, counts folded. Calls may not overlap: the owner awaits each. */
export interface Teller {
  /** What is told now because of an entry: nothing, its event, or the counts that were held before it and then its event. */
  take(entry: LogEntry): Promise<readonly WrittenEvent[]>;
  /** The counts that are held. */
  flush(): Promise<readonly WrittenEvent[]>;
  /** True while counts are held: the place of the reader is the one before the first of them. */
  readonly isHolding: boolean;
  /** Forgets what is held, because the reader loads everything again. */
  clear(): void;
  close(): void;
}

/** The teller of a feed; `onDue` is called when held counts have waited long enough. */
export function createTeller(feed: Feed, onDue: () => void): Teller {
  const fold = createCountFold({ onDue });
  async function flush(): Promise<readonly WrittenEvent[]> {
    const events: WrittenEvent[] = [];
    for (const { first, last } of fold.take()) {
      const event = await feed.tell(last, first);
      if (event) events.push(event);
    }
    return events;
  }
  return {
    async take(entry) {
      if (entry.kind === 'key' || !feed.isInterested(entry)) return nothing;
      if (entry.kind === 'change' && isCount(entry)) {
        fold.hold(entry);
        return nothing;
      }
      const event = await feed.tell(entry);
      if (event === null) return nothing;
      // A count is never told after a change that came after it: the place of a reader covers everything below it.
      return fold.isHolding ? [...(await flush()), event] : [event];
    },
    flush,
    get isHolding() {
      return fold.isHolding;
    },
    clear: () => void fold.take(),
    close: () => fold.close(),
  };
}

const nothing: readonly WrittenEvent[] = [];
