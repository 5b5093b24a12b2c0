import { SyncError } from '../../shared/problem.ts';
import { sendsPerMinute } from './sendLimit.ts';

/** Counts what users say over sockets. */
export type SendCounter = (userId: string) => void;

/**
 * Counts in windows of a minute, as the routes do, in a bucket of its own: what a user says over a socket costs no requests.
 *
 * Errors  RATE_LIMITED with `retryAfterSeconds`
 */
export function createSendCounter({ now = Date.now }: { readonly now?: () => number } = {}): SendCounter {
  const windowMs = 60_000;
  let windowStart = now();
  let counts = new Map<string, number>();
  return (userId) => {
    const time = now();
    if (time - windowStart >= windowMs) {
      windowStart = time;
      // All at once: nobody who went away is remembered.
      counts = new Map();
    }
    const count = (counts.get(userId) ?? 0) + 1;
    counts.set(userId, count);
    if (count <= sendsPerMinute) return;
    const retryAfterSeconds = Math.ceil((windowStart + windowMs - time) / 1_000);
    throw new SyncError(
      'RATE_LIMITED',
      `At most ${sendsPerMinute} messages a minute. Wait ${retryAfterSeconds} seconds.`,
      { extensions: { retryAfterSeconds } },
    );
  };
}
