import type { Timers } from './timers.ts';

/** Those who began in one millisecond. */
export interface DeadlineGroup<Key extends object> {
  readonly keys: Set<Key>;
  readonly cancel: () => void;
}

/** Calls back for many who begin at different moments and all have the same time. */
export interface Deadlines<Key extends object> {
  /** Begins the time of one; the group is what `remove` wants. */
  add(key: Key): DeadlineGroup<Key>;
  remove(group: DeadlineGroup<Key>, key: Key): void;
}

/**
 * Creates deadlines: those who begin in the same millisecond share a timer, as a timer for each of thousands of calls a second
 * would cost more than what it guards.
 *
 * Units   afterMs milliseconds
 */
export function createDeadlines<Key extends object>({
  timers,
  now,
  afterMs,
  onOver,
}: {
  readonly timers: Timers;
  readonly now: () => number;
  readonly afterMs: number;
  readonly onOver: (key: Key) => void;
}): Deadlines<Key> {
  let newest: (DeadlineGroup<Key> & { readonly begunAt: number }) | null = null;

  return {
    add(key) {
      const begunAt = now();
      if (newest?.begunAt !== begunAt) {
        const keys = new Set<Key>();
        const cancel = timers.after(afterMs, () => {
          // The clock may have been set back to that moment: a group that is over takes nobody in.
          if (newest?.keys === keys) newest = null;
          for (const late of keys) onOver(late);
        });
        newest = { begunAt, keys, cancel };
      }
      newest.keys.add(key);
      return newest;
    },
    remove(group, key) {
      group.keys.delete(key);
      if (group.keys.size > 0) return;
      group.cancel();
      if (newest === group) newest = null;
    },
  };
}
