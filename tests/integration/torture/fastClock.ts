/** How much faster than the machine's clock it goes. */
const speed = 50;

/** A clock that several processes share and that runs fast, with its timers: hours of waits pass in a test. */
export function fastClock(base: number) {
  const now = (): number => base + (Date.now() - base) * speed;
  return {
    now,
    steadyNow: now,
    timers: {
      after(delayMs: number, callback: () => void): () => undefined {
        const timer = setTimeout(callback, delayMs / speed);
        return () => {
          clearTimeout(timer);
          return undefined;
        };
      },
    },
    /** It goes by itself. */
    advance: (_ms: number) => undefined,
  };
}
