import type { ChangeEntry } from '../../log/entry.ts';
import { afterMs } from './afterMs.ts';

/** The time between two groups of counts on one stream. */
const foldMs = 1_000;

/** Counts of one record that are told as one: from before the first to after the last. */
export interface FoldedCount {
  readonly first: ChangeEntry;
  readonly last: ChangeEntry;
}

/** Counts that wait for their turn on one stream. */
export interface CountFold {
  /** Keeps a count with the others of its record; the first after a quiet second is due at once. */
  hold(entry: ChangeEntry): void;
  /** True while something waits: nothing above it may be told, or a reader that reconnects would miss it. */
  readonly isHolding: boolean;
  /** What waits, in the order of the log, and lets go of it. */
  take(): readonly FoldedCount[];
}

/**
 * Folds counts: a page that a thousand people open tells each reader once a second, with the last value.
 *
 * A count is told late but never after a change that came after it, so that the place of a reader always covers everything
 * below it. `onDue` is called when a second is over in which something was held.
 */
export function createCountFold(options: {
  readonly onDue: () => void;
  readonly now?: () => number;
  readonly after?: (ms: number, call: () => void) => () => void;
}): CountFold & { close(): void } {
  const { now = Date.now, after = afterMs } = options;
  const held = new Map<string, FoldedCount>();
  let lastTold = -Infinity;
  let stopTimer: (() => void) | null = null;
  return {
    hold(entry) {
      const name = JSON.stringify([entry.resource, entry.id]);
      // Last in the map as well: the order of the map is the order of the log.
      const first = held.get(name)?.first ?? entry;
      held.delete(name);
      held.set(name, { first, last: entry });
      if (stopTimer !== null) return;
      stopTimer = after(Math.max(0, lastTold + foldMs - now()), options.onDue);
    },
    get isHolding() {
      return held.size > 0;
    },
    take() {
      stopTimer?.();
      stopTimer = null;
      const folded = [...held.values()];
      held.clear();
      lastTold = now();
      return folded;
    },
    close: () => stopTimer?.(),
  };
}
