import type { Clock } from 'backoffice-sync/client';

/** A clock that stands still until it is told to go on. */
export interface TestClock extends Clock {
  /** Lets this many milliseconds pass. */
  advance(ms: number): void;
  /** The delays of all timers that wait now. */
  readonly delays: readonly number[];
}

/** Makes a clock that stands at the given moment. */
export function createTestClock(startMs = 1_800_000_000_000): TestClock {
  let nowMs = startMs;
  const timers = new Set<{ at: number; delayMs: number; callback: () => void }>();
  return {
    now: () => nowMs,
    random: () => 0.5,
    after(delayMs, callback) {
      const timer = { at: nowMs + delayMs, delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    get delays() {
      return [...timers].map((timer) => timer.delayMs);
    },
    advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.at);
        next.callback();
      }
      nowMs = end;
    },
  };
}
