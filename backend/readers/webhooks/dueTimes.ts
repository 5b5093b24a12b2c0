import { DueHeap } from './dueHeap.ts';
import type { Timers } from './timers.ts';

/** Calls back for many when their time has come, with one timer for all of them. */
export interface DueTimes<Key extends object> {
  /** Calls back at `dueAt`, or at an earlier time that was set for the same one. */
  set(key: Key, dueAt: number): void;
  /** Forgets all of them: after the clock was turned they are set anew. */
  clear(): void;
}

/** The longest timer, in milliseconds: one beyond 24.8 days would ring at once, and none follows a clock that is turned forward. */
const longestMs = 60_000;

/**
 * Creates the times of many: a heap, so that ten thousand that wait cost one timer.
 *
 * Units   milliseconds since 1970
 */
export function createDueTimes<Key extends object>({
  timers,
  now,
  onDue,
}: {
  readonly timers: Timers;
  readonly now: () => number;
  readonly onDue: (key: Key) => void;
}): DueTimes<Key> {
  const heap = new DueHeap<Key>();
  // The earliest time of each; an entry of the heap with another one was overtaken.
  const earliest = new Map<Key, number>();
  let armedFor = Infinity;
  let cancel = (): void => undefined;

  function arm(): void {
    const dueAt = heap.first()?.dueAt ?? Infinity;
    if (dueAt === armedFor) return;
    cancel();
    armedFor = dueAt;
    cancel = dueAt === Infinity ? () => undefined : timers.after(Math.min(Math.max(0, dueAt - now()), longestMs), ring);
  }

  function ring(): void {
    armedFor = Infinity;
    const due: Key[] = [];
    for (let first = heap.first(); first !== undefined && first.dueAt <= now(); first = heap.first()) {
      heap.pop();
      if (earliest.get(first.value) !== first.dueAt) continue;
      earliest.delete(first.value);
      due.push(first.value);
    }
    arm();
    for (const key of due) onDue(key);
  }

  return {
    set(key, dueAt) {
      if ((earliest.get(key) ?? Infinity) <= dueAt) return;
      earliest.set(key, dueAt);
      heap.push(dueAt, key);
      arm();
    },
    clear() {
      heap.clear();
      earliest.clear();
      arm();
    },
  };
}
