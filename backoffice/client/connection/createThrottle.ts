import type { Change } from '../../../shared/change.ts';
import { foldChanges } from '../../../shared/foldChanges.ts';
import type { ChangeEvent } from '../../../shared/protocol/events.ts';
import type { Clock } from '../clock.ts';

/** Holds changes back and tells the last state of each record. */
export interface Throttle {
  take(event: ChangeEvent): void;
  /** Forgets what is held. */
  clear(): void;
}

/**
 * Tells changes of one record within a window as one: the first at once, what comes in the window at its end. The last state
 * always arrives.
 */
export function createThrottle(options: {
  readonly eventsPerSecond: number;
  readonly clock: Clock;
  readonly tell: (event: ChangeEvent) => void;
}): Throttle {
  const windowMs = 1000 / options.eventsPerSecond;
  const held = new Map<string, ChangeEvent>();
  let stopTimer: (() => void) | null = null;

  const openWindow = (): void => {
    stopTimer = options.clock.after(windowMs, () => {
      stopTimer = null;
      const due = [...held.values()];
      held.clear();
      if (due.length > 0) openWindow();
      for (const event of due) options.tell(event);
    });
  };

  return {
    take(event) {
      if (stopTimer === null) {
        openWindow();
        options.tell(event);
        return;
      }
      const name = nameOf(event.change);
      const earlier = held.get(name);
      // Last in the map again: the order of the map is the order of the log.
      held.delete(name);
      held.set(name, earlier ? { ...event, change: foldChanges(earlier.change, event.change) } : event);
    },
    clear() {
      stopTimer?.();
      stopTimer = null;
      held.clear();
    },
  };
}

/** Counts stand apart: who has the version of a change already would drop them with it. */
function nameOf({ resource, id, counts }: Change): string {
  return JSON.stringify([resource, id, !counts]);
}
