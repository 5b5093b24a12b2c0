import express, { type Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { isJsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { handle } from '../handle.ts';
import type { Logger } from '../logger.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { bodyKind, readJsonBody } from '../records/readJsonBody.ts';
import type { LimitStores } from '../redis/limitStores.ts';
import { contextOf } from '../requestContext.ts';
import type { Accounts } from './accounts.ts';
import type { User } from './permissions.ts';
import { refuseCrossSite } from './sameOrigin.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie, type CookieOptions } from './sessionCookie.ts';
import type { Sessions } from './sessions.ts';

/** What signing in needs. */
export interface AuthRoutesOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly cookie: CookieOptions;
  readonly corsOrigins: readonly string[];
  /** Counts refused sign-ins. */
  readonly limits: LimitStores;
  readonly logger: Logger;
  /** Ends what a session opened and what is still open, on every node. */
  readonly endOpened: (userId: string, session: string) => Promise<unknown>;
}

/** Refused sign-ins per 15 minutes and address, after which the right password waits too. */
const maxFailures = 10;
const windowMs = 15 * 60 * 1000;
const maxBodyBytes = 10_000;

/** `/auth/login`, `/auth/logout`, `/auth/session`. */
export function authRoutes(options: AuthRoutesOptions): Router {
  const { accounts, sessions, cookie, logger } = options;
  const router = express.Router();
  const failures = rateLimit({
    windowMs,
    store: options.limits.create('refused-sign-ins', windowMs),
    limit: maxFailures,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    handler: (_request, response, next) => {
      const retryAfterSeconds = Number(response.getHeader('Retry-After') ?? 900);
      next(
        new SyncError(
          'RATE_LIMITED',
          `Too many refused sign-ins from this address. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`,
          { extensions: { retryAfterSeconds } },
        ),
      );
    },
  });

  router.post('/login', failures, handle(async (request, response) => {
    // Signing somebody in from a foreign page would make him work under another name.
    refuseCrossSite(request, request.get('origin') !== undefined, options.corsOrigins);
    bodyKind(request.get('content-type'));
    const body = await readJsonBody(request, maxBodyBytes);
    inspectJson(body, 4);
    const username = isJsonObject(body) ? body['username'] : undefined;
    const password = isJsonObject(body) ? body['password'] : undefined;
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new SyncError('BAD_PARAMETER', 'Send { "username": "…", "password": "…" }.');
    }
    const verified = await accounts.verify(username.slice(0, 200), password.slice(0, 1000));
    const { requestId } = contextOf(request);
    if (verified === null) {
      logger.warn({ requestId, address: request.ip }, 'sign-in refused');
      throw new SyncError('LOGIN_FAILED', 'Check the user name and the password.');
    }
    const { user, passwordMark } = verified;
    const { token, expiresAt } = await sessions.open(user.id, passwordMark);
    setSessionCookie(request, response, token, expiresAt, cookie);
    logger.info({ requestId, actor: user.name }, 'signed in');
    response.set('Cache-Control', 'no-store').json({ user: shown(user), expiresAt: new Date(expiresAt).toISOString() });
  })); // prettier-ignore

  router.post('/logout', handle(async (request, response) => {
    const token = readSessionCookie(request.headers.cookie);
    if (token !== null) await sessions.end(token);
    const { user, session } = contextOf(request).identity;
    // The session is over either way: what could not be told ends with the next check of the connection.
    if (user !== null && session !== undefined)
      await options.endOpened(user.id, session).catch((error: unknown) => {
        logger.warn({ err: error, requestId: contextOf(request).requestId }, 'connections of a session that ended stay open until they are checked');
      });
    clearSessionCookie(request, response, cookie);
    response.status(204).end();
  })); // prettier-ignore

  router.get('/session', handle(async (request, response) => {
    const { user, expiresAt } = contextOf(request).identity;
    response.set('Cache-Control', 'no-store');
    response.json(user === null ? { user: null } : { user: shown(user), expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() });
  })); // prettier-ignore
  return router;
}

/** Only what the panel shows: an integrator's user may carry more. */
function shown(user: User): { id: string; name: string; role: string } {
  return { id: user.id, name: user.name, role: user.role };
}
