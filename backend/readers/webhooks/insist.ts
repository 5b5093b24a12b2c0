import { pause, type Timers } from './timers.ts';

/** The wait before a step that failed is tried again, in milliseconds. */
const retryMs = 5_000;

/** Does a step until it works, or everything ends: an endpoint that is passed over would be silent without a word. Never rejects. */
export async function insist(
  step: () => Promise<void>,
  { closing, timers, onError }: { closing: AbortSignal; timers: Timers; onError: (error: unknown) => void },
): Promise<void> {
  while (!closing.aborted) {
    try {
      return await step();
    } catch (error) {
      onError(error);
      await pause(timers, retryMs, closing);
    }
  }
}
