/** Tells the other tabs of a user that he has read one notification, or all of them (null). Never rejects. */
export type ReadTeller = (userId: string, id: string | null) => Promise<void>;

/** The time before the first try again; it doubles to the longest. */
const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
/** Tries of one telling: with these delays more than five minutes, as long as a message lives. */
const maxTries = 15;
/** Tellings that wait at most; then the oldest is given up. */
const maxWaiting = 10_000;

interface Telling {
  readonly userId: string;
  readonly id: string | null;
  readonly tries: number;
}

/**
 * Makes the teller. What was marked is stored and stays so; telling it is another write, which can fail by itself, and a second
 * request would find nothing to mark and tell nothing. So it is tried again here, and lost with the process at most, as messages are.
 *
 * Errors  what telling throws goes to `onError`
 */
export function createReadTeller(options: {
  readonly publish: (userId: string, id: string | null) => Promise<unknown>;
  /** Ends the tries. */
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
  /** Default: a timer that keeps no process alive. */
  readonly after?: (ms: number, call: () => void) => void;
}): ReadTeller {
  const { publish, closing, onError, after = (ms, call) => void setTimeout(call, ms).unref() } = options;
  const waiting = new Map<string, Telling>();
  let delayMs = firstDelayMs;
  let isScheduled = false;

  async function tell(telling: Telling): Promise<boolean> {
    const { userId, id, tries } = telling;
    try {
      await publish(userId, id);
      return true;
    } catch (error) {
      onError(error);
      if (tries < maxTries) wait({ ...telling, tries: tries + 1 });
      return false;
    }
  }

  function wait(telling: Telling): void {
    const name = JSON.stringify([telling.userId, telling.id]);
    waiting.delete(name);
    waiting.set(name, telling);
    const [oldest] = waiting.keys();
    if (waiting.size > maxWaiting && oldest !== undefined) waiting.delete(oldest);
    if (isScheduled) return;
    isScheduled = true;
    after(delayMs, () => void tellWaiting());
    delayMs = Math.min(longestDelayMs, delayMs * 2);
  }

  /** One after the other, until one fails: it goes to the end, so that it is in nobody's way. */
  async function tellWaiting(): Promise<void> {
    isScheduled = false;
    for (const [name, telling] of [...waiting]) {
      if (closing.aborted) return;
      waiting.delete(name);
      if (!(await tell(telling))) return;
    }
    delayMs = firstDelayMs;
  }

  return async (userId, id) => void (await tell({ userId, id, tries: 1 }));
}
