/** Time as the queue sees it, so that a test decides when it passes. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds; the returned function takes that back. */
  after(delayMs: number, callback: () => void): () => void;
  /** From 0 to just under 1; spreads the tries of many browsers. */
  random(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
