import type { RequestHandler } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import { SyncError } from '../../shared/problem.ts';
import { contextOf } from '../requestContext.ts';

/** How many messages a user may send in a minute: a bucket of its own, so that a busy room costs no saves. */
export const sendsPerMinute = 300;
/** The window in which they are counted. */
export const sendWindowMs = 60_000;

/**
 * Counts what a user sends, whoever he sits with behind one address.
 *
 * Errors  RATE_LIMITED with `retryAfterSeconds`
 */
export function sendLimit(store: Store): RequestHandler {
  return rateLimit({
    windowMs: sendWindowMs,
    store,
    limit: sendsPerMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => contextOf(request).identity.user?.id ?? '',
    handler: (_request, response, next) => {
      const retryAfterSeconds = Number(response.getHeader('Retry-After') ?? 60);
      next(
        new SyncError(
          'RATE_LIMITED',
          `At most ${sendsPerMinute} messages a minute. Wait ${retryAfterSeconds} seconds.`,
          {
            extensions: { retryAfterSeconds },
          },
        ),
      );
    },
  });
}
