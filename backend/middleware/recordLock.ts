import { SyncError } from '../../shared/problem.ts';

/** Saves of one record are taken one at a time in this process. */
export interface RecordLock {
  /**
   * Waits for the turn and returns what ends it; null when `leaving` was aborted before it came.
   *
   * Errors  SAVE_BUSY when the turn does not come in time
   */
  take(name: string, timeoutMs: number, leaving?: AbortSignal): Promise<(() => void) | null>;
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
    take(name, timeoutMs, leaving) {
      if (leaving?.aborted) return Promise.resolve(null);
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
        const stopWaiting = () => {
          clearTimeout(timer);
          leaving?.removeEventListener('abort', leave);
        };
        const turn = () => {
          stopWaiting();
          resolve(end);
        };
        const leave = () => {
          stopWaiting();
          queue.splice(queue.indexOf(turn), 1);
          resolve(null);
        };
        const timer = setTimeout(() => {
          stopWaiting();
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
        leaving?.addEventListener('abort', leave);
        queue.push(turn);
      });
    },
  };
}
