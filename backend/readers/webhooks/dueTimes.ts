import type { Timers } from './timers.ts';

/** Calls back for many when their time has come, with one timer for all of them. */
export interface DueTimes<Key extends object> {
  /** Calls back at `dueAt`, or at an earlier time that was set for the same one. */
  set(key: Key, dueAt: number): void;
}

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
  const heap: { readonly key: Key; readonly dueAt: number }[] = [];
  // The earliest time of each; an entry of the heap with another one was overtaken.
  const earliest = new Map<Key, number>();
  let armedFor = Infinity;
  let cancel = (): void => undefined;

  function push(entry: { readonly key: Key; readonly dueAt: number }): void {
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as typeof entry).dueAt <= entry.dueAt) break;
      heap[at] = heap[parent] as typeof entry;
      at = parent;
    }
    heap[at] = entry;
  }

  function pop(): void {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as typeof last).dueAt < (heap[child] as typeof last).dueAt)
        child += 1;
      if ((heap[child] as typeof last).dueAt >= last.dueAt) break;
      heap[at] = heap[child] as typeof last;
      at = child;
    }
    heap[at] = last;
  }

  function arm(): void {
    const dueAt = heap[0]?.dueAt ?? Infinity;
    if (dueAt === armedFor) return;
    cancel();
    armedFor = dueAt;
    cancel = dueAt === Infinity ? () => undefined : timers.after(Math.max(0, dueAt - now()), ring);
  }

  function ring(): void {
    armedFor = Infinity;
    const due: Key[] = [];
    for (let first = heap[0]; first !== undefined && first.dueAt <= now(); first = heap[0]) {
      pop();
      if (earliest.get(first.key) !== first.dueAt) continue;
      earliest.delete(first.key);
      due.push(first.key);
    }
    arm();
    for (const key of due) onDue(key);
  }

  return {
    set(key, dueAt) {
      if ((earliest.get(key) ?? Infinity) <= dueAt) return;
      earliest.set(key, dueAt);
      push({ key, dueAt });
      arm();
    },
  };
}
