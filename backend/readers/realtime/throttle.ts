import type { ChangeEvent } from '../../../shared/protocol/events.ts';
import { foldChanges } from '../../../shared/foldChanges.ts';
import { afterMs } from './afterMs.ts';
import { writeEvent, type WrittenEvent } from './writtenEvent.ts';

/** Changes that wait for their turn on one stream, one for each record. */
export interface Throttle {
  /** Keeps a change with the others of its record; false for an event that cannot wait. */
  hold(event: WrittenEvent): boolean;
  readonly isHolding: boolean;
  /** What waits, in the order of the last change of each record, and lets go of it. */
  take(): readonly WrittenEvent[];
  close(): void;
}

/**
 * Folds changes for a client that asked for fewer of them: the first after a quiet window is due at once, the others when
 * it is over, and the last state of every record always arrives.
 *
 * Units   windowMs milliseconds
 */
export function createThrottle(options: {
  readonly windowMs: number;
  readonly onDue: () => void;
  readonly now?: () => number;
  readonly after?: (ms: number, call: () => void) => () => void;
}): Throttle {
  const { windowMs, onDue, now = Date.now, after = afterMs } = options;
  /** Written already where it is a single change: those who hold the same one share it. */
  const held = new Map<string, { readonly event: ChangeEvent; readonly written: WrittenEvent | null }>();
  let lastTold = -Infinity;
  let stopTimer: (() => void) | null = null;
  return {
    hold(written) {
      const { event } = written;
      if (event.type !== 'change') return false;
      const { resource, id } = event.change;
      const name = JSON.stringify([resource, id]);
      const earlier = held.get(name);
      // Put last again: a reader that is cut between two of them goes on after the last change of the one it has.
      held.delete(name);
      if (earlier === undefined) held.set(name, { event, written });
      else {
        const change = foldChanges(earlier.event.change, event.change);
        held.set(name, { event: { ...event, change }, written: null });
      }
      stopTimer ??= after(Math.max(0, lastTold + windowMs - now()), onDue);
      return true;
    },
    get isHolding() {
      return held.size > 0;
    },
    take() {
      stopTimer?.();
      stopTimer = null;
      const events = [...held.values()].map(({ event, written }) => written ?? writeEvent(event));
      held.clear();
      lastTold = now();
      return events;
    },
    close: () => stopTimer?.(),
  };
}
