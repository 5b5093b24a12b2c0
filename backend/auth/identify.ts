import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { LogPosition } from '../../shared/cursor.ts';
import type { ChangeLog } from '../log/changeLog.ts';
import type { Accounts } from './accounts.ts';
import type { User } from './permissions.ts';
import { readSessionCookie, setSessionCookie, type CookieOptions } from './sessionCookie.ts';
import type { Sessions } from './sessions.ts';

/** Who a request comes from, and how it said so. */
export interface Identity {
  readonly user: User | null;
  /** True when a cookie said it: then the browser may have been led here by another site. */
  readonly byCookie: boolean;
  readonly expiresAt: number | null;
  /** Where the log ended before it was asked: what is told of the user after this place counts against it. */
  readonly asOf?: LogPosition;
  /** The session that a cookie of ours named; absent where nothing says which one it is. */
  readonly session?: string;
}

/** What identifying needs. */
export interface IdentifyOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** A machine's token; it acts as an admin named `api`. */
  readonly apiToken: string | undefined;
  readonly authenticate: ((request: Request) => User | null | Promise<User | null>) | undefined;
  readonly cookie: CookieOptions;
  readonly log: Pick<ChangeLog, 'epoch' | 'head'>;
}

/** Asks who sends a request. Without a response nothing is prolonged in the browser: for asking again while a stream is open. */
export type Identify = (request: Request, response: Response | null) => Promise<Identity>;

const nobody: Identity = { user: null, byCookie: false, expiresAt: null };
const api: User = { id: 'api', name: 'api', role: 'admin', kind: 'api' };

/**
 * Finds out who sends a request: the integrator's own `authenticate` first, then a bearer token, then the session cookie.
 *
 * An integrator's users count as signed in by cookie: nothing says that their way is not one.
 */
export function createIdentify(options: IdentifyOptions): Identify {
  const expected = options.apiToken === undefined ? null : digestOf(options.apiToken);
  return async function identify(request, response) {
    const asOf = { epoch: options.log.epoch, seq: options.log.head() };
    const own = await options.authenticate?.(request);
    if (own) return { user: own, byCookie: request.headers.authorization === undefined, expiresAt: null, asOf };
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) {
      return expected !== null && timingSafeEqual(digestOf(bearer), expected)
        ? { user: api, byCookie: false, expiresAt: null, asOf }
        : nobody;
    }
    const token = readSessionCookie(request.headers.cookie);
    const session = token === null ? null : await options.sessions.find(token);
    if (token === null || session === null) return nobody;
    const user = await options.accounts.get(session.userId, session.passwordMark);
    if (user === null) return nobody;
    if (session.renewed && response) setSessionCookie(request, response, token, session.expiresAt, options.cookie);
    return { user, byCookie: true, expiresAt: session.expiresAt, asOf, session: options.sessions.nameOf(token) };
  };
}

/** Digests make the lengths equal, so that comparing them does not tell by its time how much was right. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
