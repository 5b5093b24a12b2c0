import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Router } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import helmet from 'helmet';
import { SyncError } from '../shared/problem.ts';
import type { Identify } from './auth/identify.ts';
import type { Permissions } from './auth/permissions.ts';
import { refuseCrossSite } from './auth/sameOrigin.ts';
import { handleStep } from './handle.ts';
import type { Logger } from './logger.ts';
import { ownProblemHandler } from './middleware/problemHandler.ts';
import type { LimitStores } from './redis/limitStores.ts';
import { contextOf, setContext } from './requestContext.ts';

/** The parts that the router is made of. */
export interface ApiRouterOptions {
  /** Resolves when everything is open; rejects when it could not be. */
  readonly whenReady: () => Promise<void>;
  readonly identify: () => Identify;
  readonly permissions: Permissions;
  readonly corsOrigins: readonly string[];
  /** Requests per 15 minutes and client; 0 for no limit. */
  readonly rateLimit: number;
  /** Where they are counted. */
  readonly limits: LimitStores;
  readonly logger: Logger;
  /** The routes, once everything is open. */
  readonly routes: () => RequestHandler;
}

/** Reading streams and polling have a bucket of their own, this many times the other one: a poll each 5 s is 180 in 15 minutes, per tab. */
const realtimeShare = 5;
const windowMs = 15 * 60 * 1000;

/**
 * Everything that happens to a request under our mount before a route sees it, in this order: id, headers, who it is,
 * whether it may come from there, how often. Nothing here touches requests outside of the mount.
 */
export function createApiRouter(options: ApiRouterOptions): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.removeHeader('X-Powered-By');
    next();
  });
  // The panel's and the site's own policies are set where they are served; an API needs the rest. HSTS and upgrades would break a plain-http network.
  router.use(
    helmet({
      contentSecurityPolicy: false,
      strictTransportSecurity: false,
      crossOriginResourcePolicy: { policy: 'cross-origin' },
    }),
  );
  router.use(cors(options.corsOrigins));
  router.use(
    handleStep(async (request, response) => {
      const requestId = readRequestId(request) ?? randomUUID();
      response.set('X-Request-Id', requestId);
      const visitor = options.permissions.audienceOf(null);
      setContext(request, { requestId, identity: { user: null, byCookie: false, expiresAt: null }, audience: visitor });
      await options.whenReady();
      const identity = await options.identify()(request, response);
      setContext(request, { requestId, identity, audience: options.permissions.audienceOf(identity.user) });
      refuseCrossSite(request, identity.byCookie, options.corsOrigins);
    }),
  );
  if (options.rateLimit > 0) {
    const general = limiter(options.rateLimit, options.limits.create('requests', windowMs));
    const realtime = limiter(options.rateLimit * realtimeShare, options.limits.create('realtime', windowMs));
    router.use(
      (request, response, next) =>
        void (/^\/(sync\/(stream|poll|ws|send|presence|shown)|ws)(?=\/|$)/.test(request.path) ? realtime : general)(
          request,
          response,
          next,
        ),
    );
  }
  router.use((request, response, next) => options.routes()(request, response, next));
  router.use((request: Request) => {
    throw new SyncError(
      'NOT_FOUND',
      `There is nothing at ${request.method} ${request.baseUrl}${request.path.slice(0, 200)}.`,
    );
  });
  router.use(ownProblemHandler(options.logger));
  return router;
}

/** A user has one allowance wherever he sits; strangers share one per address, an IPv6 network counting as one. */
function limiter(limit: number, store: Store): RequestHandler {
  return rateLimit({
    windowMs,
    store,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => {
      const { user } = contextOf(request).identity;
      return user ? `user:${user.id}` : `address:${ipKeyGenerator(request.ip ?? '')}`;
    },
    handler: (_request, response, next) => {
      const retryAfterSeconds = Number(response.getHeader('Retry-After') ?? 60);
      next(
        new SyncError('RATE_LIMITED', `At most ${limit} requests in 15 minutes. Wait ${retryAfterSeconds} seconds.`, {
          extensions: { retryAfterSeconds },
        }),
      );
    },
  });
}

const exposedHeaders = 'ETag, Link, Location, Retry-After, Sync-Outcome, X-Request-Id, X-Sync-Cursor, X-Total-Count';

/** Listed origins only, with their session; everybody else gets no CORS header and the browser keeps the answer from the page. */
function cors(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': exposedHeaders,
    });
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers':
        'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Prefer, Last-Event-ID, X-Request-Id',
      'Access-Control-Max-Age': '600',
    });
    response.status(204).end();
  };
}

/** An id that a proxy gave is kept, if it can be nothing else than an id. */
function readRequestId(request: Request): string | null {
  const given = request.get('x-request-id');
  return given !== undefined && /^[\w-]{8,64}$/.test(given) ? given : null;
}
