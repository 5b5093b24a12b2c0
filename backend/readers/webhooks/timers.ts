/** Waiting, passed in so that a test lets five days pass at once. */
export interface Timers {
  /** Calls back once after `delayMs` milliseconds; the returned function takes that back. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The timers of the machine. None of them keeps a process alive whose other work has ended. */
export const systemTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after a while, or at once when the signal ends the wait. */
export function pause(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = timers.after(delayMs, finish);
    signal.addEventListener('abort', finish);
  });
}
