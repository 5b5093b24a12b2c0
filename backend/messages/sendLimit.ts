import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { SyncError } from '../../shared/problem.ts';
import { contextOf } from '../requestContext.ts';

/** How many messages a user may send in a minute: a bucket of its own, so that a busy room costs no saves. */
export const sendsPerMinute = 300;

/**
 * Counts what a user sends, whoever he sits with behind one address.
 *
 * Errors  RATE_LIMITED with `retryAfterSeconds`
 */
export function sendLimit(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
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
