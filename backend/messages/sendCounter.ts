import type { Store } from 'express-rate-limit';
import { SyncError } from '../../shared/problem.ts';
import { sendsPerMinute } from './sendLimit.ts';

/** Counts what users say over sockets. */
export type SendCounter = (userId: string) => Promise<void>;

/**
 * Counts in windows of a minute, as the routes do, in a bucket of its own: what a user says over a socket costs no requests.
 *
 * Errors  RATE_LIMITED with `retryAfterSeconds`
 */
export function createSendCounter(counts: Store): SendCounter {
  return async (userId) => {
    const { totalHits, resetTime } = await counts.increment(userId);
    if (totalHits <= sendsPerMinute) return;
    const leftMs = (resetTime?.getTime() ?? 0) - Date.now();
    const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1_000));
    throw new SyncError(
      'RATE_LIMITED',
      `At most ${sendsPerMinute} messages a minute. Wait ${retryAfterSeconds} seconds.`,
      { extensions: { retryAfterSeconds } },
    );
  };
}
