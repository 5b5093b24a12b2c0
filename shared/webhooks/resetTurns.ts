import { createRecordTurns } from './recordTurns.ts';
import { withinTime, type Handling, type TimeLimit } from './withinTime.ts';

/** Turns of records, and resets that run alone. */
export interface ResetTurns {
  /** Runs what belongs to one record one after the other, different records at once, and none during a reset. Errors  of the limit */
  of<T>(key: string, task: (handling: Handling) => Promise<T>): Promise<T>;
  /** Runs a reset: after what is being applied, and before what comes meanwhile. Errors  of the limit */
  alone<T>(task: (handling: Handling) => Promise<T>): Promise<T>;
  /** How many resets have begun. */
  resets(): number;
}

/**
 * Makes the turns of one receiver. What never ends gives its turn up after its time, so that nothing waits for it for ever.
 *
 * Invariant  what a reset has read is never put over a change that was applied after it was asked for: no change is applied meanwhile
 */
export function createResetTurns(limits: { readonly change: TimeLimit; readonly reset: TimeLimit }): ResetTurns {
  const [records, whole] = [createRecordTurns(), createRecordTurns()];
  const applying = new Set<Promise<unknown>>();
  let reset: Promise<void> | null = null;
  let begun = 0;

  async function applied<T>(task: (handling: Handling) => Promise<T>): Promise<T> {
    // Asked again after each wait: another reset may stand behind the first.
    for (let waiting = reset; waiting !== null; waiting = reset) await waiting;
    const run = withinTime(limits.change, task);
    applying.add(run);
    return run.finally(() => applying.delete(run));
  }

  return {
    of: (key, task) => records(key, () => applied(task)),
    alone: (task) =>
      whole('', async () => {
        let end = (): void => undefined;
        reset = new Promise((resolve) => (end = resolve));
        begun += 1;
        try {
          await Promise.allSettled(applying);
          return await withinTime(limits.reset, task);
        } finally {
          reset = null;
          end();
        }
      }),
    resets: () => begun,
  };
}
