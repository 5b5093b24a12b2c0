const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The waits after the first, second, third… failed attempt; the last one repeats. */
const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour] as const;

/** The longest wait that a receiver may ask for, and the longest of ours, in milliseconds. */
export const maxWaitMs = 10 * hour;
/** The shortest wait between two attempts, in milliseconds. */
export const minWaitMs = waits[0];
/** The longest wait after a call that could not be made, in milliseconds. */
export const maxHeldMs = waits[1] * 1.1;
/** An endpoint that took nothing for this long, in milliseconds, is disabled. */
export const giveUpAfterMs = 5 * 24 * hour;

/**
 * The wait after a failed attempt.
 *
 * Shape   attempt counts from 1; random from 0 to just under 1 spreads the waits by a tenth in both directions
 * Units   milliseconds
 */
export function waitAfter(attempt: number, random: number): number {
  const wait = waits[Math.min(attempt, waits.length) - 1] ?? maxWaitMs;
  return Math.round(wait * (0.9 + 0.2 * random));
}

/**
 * The wait after a call that could not be made through no fault of the receiver: from 5 seconds, doubled, to 5 minutes.
 *
 * Shape   times counts from 1
 * Units   milliseconds
 */
export function waitWhileHeld(times: number, random: number): number {
  return Math.round(Math.min(minWaitMs * 2 ** (times - 1), waits[1]) * (0.9 + 0.2 * random));
}

/**
 * The wait that a receiver asks for, at most `maxWaitMs`; null when it asks for none.
 *
 * Shape   seconds, or an HTTP date
 * Units   now and the result in milliseconds
 * Source  RFC 9110, Retry-After
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const waitMs = /^\d{1,10}$/.test(text) ? Number(text) * second : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, minWaitMs), maxWaitMs);
}
