/**
 * How long to wait before the next try.
 *
 * The steps double from 500 ms to 3 s. Half of a step is chance, so that many browsers do not come back at one moment.
 *
 * Units   milliseconds; `attempt` counts from 1; `random` from 0 to 1; `retryAfterMs` what the server asked for, or null
 */
export function retryDelayMs(attempt: number, random: number, retryAfterMs: number | null = null): number {
  if (retryAfterMs !== null) return retryAfterMs + random * 250;
  const step = Math.min(3000, 500 * 2 ** Math.min(attempt - 1, 8));
  return step / 2 + (step / 2) * random;
}
