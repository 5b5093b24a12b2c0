/** A wait that another part of the program can end early. */
export interface Wakeup {
  /** Ends the wait that runs, or the next one if none runs. */
  ring(): void;
  /** Forgets a ring that nobody waited for. */
  reset(): void;
  /** Waits for a ring, for the time to pass or for the signal, whichever comes first. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/**
 * Creates a wake-up that remembers one ring: `reset`, look, `wait` loses none that comes while looking.
 *
 * Units   timeoutMs milliseconds
 */
export function createWakeup(): Wakeup {
  let hasRung = false;
  let finish: (() => void) | null = null;
  return {
    ring() {
      hasRung = true;
      finish?.();
    },
    reset() {
      hasRung = false;
    },
    wait(timeoutMs, signal) {
      if (hasRung || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => finish?.(), timeoutMs);
        // The wait is no reason to keep a process alive whose other work has ended.
        timer.unref();
        finish = () => {
          finish = null;
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = (): void => finish?.();
        signal.addEventListener('abort', onAbort);
      });
    },
  };
}
