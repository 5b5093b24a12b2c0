import { SyncError } from '../../shared/problem.ts';

/** Saves of one record are taken one at a time in this process. */
export interface RecordLock {
  /**
   * Waits for the turn and returns what ends it.
   *
   * Errors  SAVE_BUSY when the turn does not come in time
   */
  take(name: string, timeoutMs: number): Promise<() => void>;
}

/** Locks by name; a name that nobody holds or waits for costs nothing. */
export function createRecordLock(): RecordLock {
  const waiting = new Map<string, (() => void)[]>();

  function release(name: string): void {
    const next = waiting.get(name)?.shift();
    if (next) next();
    else waiting.delete(name);
  }

  return {
    take(name, timeoutMs) {
      const queue = waiting.get(name);
      let isHeld = true;
      const end = () => {
        if (!isHeld) return;
        isHeld = false;
        release(name);
      };
      if (!queue) {
        waiting.set(name, []);
        return Promise.resolve(end);
      }
      return new Promise((resolve, reject) => {
        const turn = () => {
          clearTimeout(timer);
          resolve(end);
        };
        const timer = setTimeout(() => {
          queue.splice(queue.indexOf(turn), 1);
          reject(
            new SyncError(
              'SAVE_BUSY',
              `Another save of this record has not ended within ${timeoutMs} ms. Send this one again.`,
              {
                extensions: { retryAfterSeconds: 1 },
              },
            ),
          );
        }, timeoutMs);
        queue.push(turn);
      });
    },
  };
}
