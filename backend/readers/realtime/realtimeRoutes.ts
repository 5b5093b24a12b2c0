import type { Duplex } from 'node:stream';
import express, { type Request, type Router } from 'express';
import { WebSocketServer, type WebSocket } from 'ws';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { frameLimits } from '../../../shared/protocol/frames.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { User } from '../../auth/permissions.ts';
import type { Revocations } from '../../auth/revocations.ts';
import { refuseForeignSocket } from '../../auth/sameOrigin.ts';
import { handle } from '../../handle.ts';
import { contextOf } from '../../requestContext.ts';
import type { Upgrades } from '../../upgrades.ts';
import { createConnections, type Connections } from './connections.ts';
import { createEventWriter } from './eventWriter.ts';
import { sendEventStream } from './eventStream.ts';
import { createHub } from './hub.ts';
import {
  createLiveConnections,
  type LiveConnection,
  type LiveConnections,
  type LiveConnectionsOptions,
} from './liveConnections.ts';
import { answerPoll } from './poll.ts';
import type { RealtimeOptions } from './realtimeOptions.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import { serveRoom } from './serveRoom.ts';
import { serveSocket, type SendToRoom } from './serveSocket.ts';
import { refuseSocket } from './socketLife.ts';
import { queryOf, readSubscription, subscriptionOfQuery } from './subscription.ts';

/** What the realtime routes get from createSync. */
export interface RealtimeRoutesOptions extends RealtimeOptions {
  readonly parts: RealtimeParts;
  readonly revocations: Revocations;
  readonly upgrades: Upgrades;
  readonly corsOrigins: readonly string[];
  readonly send: SendToRoom;
  readonly isStillAllowed: (request: Request) => Promise<boolean>;
  readonly onSubscribed: LiveConnectionsOptions['onSubscribed'];
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** The log as clients follow it. */
export interface RealtimeRoutes {
  /** `/stream`, `/poll`, `/snapshot` and `/ws`. */
  readonly router: Router;
  /** `/room/:name` and `/notifications`: plain sockets. */
  readonly plainSockets: Router;
  readonly connections: Connections;
  /** How many subscriptions of a resource are open. */
  readonly followersOf: (resource: string) => number;
  /** How many of them are open pages of visitors. */
  readonly visitorsOf: (resource: string) => number;
}

/** Opens the hub and makes the routes. */
export function realtimeRoutes(options: RealtimeRoutesOptions): RealtimeRoutes {
  const { parts, closing, onError, upgrades, send } = options;
  const { heartbeatMs = 25_000, recheckMs = 60_000 } = options;
  const router = express.Router();
  const plainSockets = express.Router();
  const connections = createConnections({
    maxConnections: options.maxConnections ?? 10_000,
    maxConnectionsPerClient: options.maxConnectionsPerClient ?? 50,
  });
  const hub = createHub({ log: parts.log, signal: closing, onError });
  const live: LiveConnections = createLiveConnections({
    parts, connections, closing, onError, recheckMs,
    isStillAllowed: options.isStillAllowed,
    revocations: options.revocations,
    onSubscribed: options.onSubscribed,
    writer: createEventWriter(parts),
    hub,
  }); // prettier-ignore
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: frameLimits.maxFrameBytes,
    perMessageDeflate: options.compression === true ? { threshold: 1_024 } : false,
  });

  /**
   * Errors  UPGRADE_REQUIRED, CROSS_SITE, before there is a socket; everything later is said in a frame, first of all what
   *         `refuse` throws: who may not enter costs no connection
   */
  const accept = (
    request: Request,
    serve: (socket: WebSocket, connection: LiveConnection, raw: Duplex) => void,
    refuse: () => void = () => undefined,
  ): void => {
    const { identity, audience } = contextOf(request);
    refuseForeignSocket(request, identity.byCookie, options.corsOrigins);
    const upgrade = upgrades.take(request);
    if (upgrade === null)
      throw new SyncError(
        'UPGRADE_REQUIRED',
        'Open this address as a WebSocket. If you did, the server was not given to sync.attach, or a proxy drops the Upgrade header.',
      );
    sockets.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => {
      // What broke is told to nobody else, also by a socket that is refused: without a listener it would end the process.
      socket.on('error', () => socket.terminate());
      let connection: LiveConnection | null = null;
      try {
        refuse();
        const client = identity.user?.id ?? request.ip ?? 'unknown';
        connection = live.open({ request, audience, client, transport: 'websocket' });
        forgetRouting(request);
        serve(socket, connection, upgrade.socket);
      } catch (error) {
        refuseSocket(socket, error, onError);
        connection?.end();
      }
    });
  };

  router.get(
    '/stream',
    handle((request, response) => sendEventStream({ live, heartbeatMs }, request, response)),
  );
  router.get('/poll', handle(async (request, response) => {
    const answer = await answerPoll({ parts, live }, request);
    if (response.destroyed) return;
    // Each at a moment of its own, so that the next node does not meet all of them at once.
    if (answer.closing) response.set('Retry-After', String(1 + Math.floor(Math.random() * 5)));
    response.set('Cache-Control', 'no-store').json(answer);
  })); // prettier-ignore
  router.get('/snapshot', handle(async (request, response) => {
    const wanted = subscriptionOfQuery(queryOf(request));
    if (wanted.filters && wanted.filters.length > 0)
      throw new SyncError('BAD_PARAMETER', 'A snapshot takes no "filter": it is everything readable. Filter a list, GET /<resource>?filter=…');
    const { resources } = readSubscription(parts, contextOf(request).audience, wanted);
    // Before the rows, for the same reason as X-Sync-Cursor.
    const cursor = formatCursor({ epoch: parts.log.epoch, seq: parts.log.head() });
    const records: Record<string, JsonObject | readonly JsonObject[] | null> = {};
    for (const name of resources) records[name] = await readable(parts, request, name);
    const cacheControl = contextOf(request).identity.user === null ? 'no-cache' : 'private, no-cache';
    response.set('Cache-Control', cacheControl).vary('Cookie').vary('Authorization').set('X-Sync-Cursor', cursor).json({ cursor, records });
  })); // prettier-ignore
  router.get('/ws', (request) => {
    const query = queryOf(request);
    const names = ['resources', 'filter', 'messages', 'channels', 'since', 'eventsPerSecond'];
    const first = names.some((name) => query.has(name)) ? subscriptionOfQuery(query) : null;
    const { user } = contextOf(request).identity;
    accept(request, (socket, connection, raw) =>
      serveSocket({ socket, raw, connection, user, parts, heartbeatMs, first, send, onError }),
    );
  });

  const plain = (request: Request, room: string | null): void => {
    const { user } = contextOf(request).identity;
    const signedIn = (): User => {
      if (user !== null) return user;
      throw new SyncError('LOGIN_REQUIRED', 'Sign in to join.');
    };
    const serve = (socket: WebSocket, connection: LiveConnection): void =>
      void serveRoom({ socket, connection, user: signedIn(), room, parts, heartbeatMs, send, onError });
    accept(request, serve, signedIn);
  };
  plainSockets.get('/room/:name', (request) => plain(request, request.params['name']));
  plainSockets.get('/notifications', (request) => plain(request, null));
  return {
    router,
    plainSockets,
    connections,
    followersOf: live.followersOf,
    visitorsOf: live.visitorsOf,
  };
}

/**
 * The request of a socket is kept, to ask again who it is from. With it would be kept all that Express hung on its way through
 * the routers, which is a third of what an idle socket costs.
 */
function forgetRouting(request: Request): void {
  Object.assign(request, { next: undefined, res: undefined, params: { ...request.params } });
}

async function readable(
  { permissions, resources, counters }: RealtimeParts,
  request: Request,
  name: string,
): Promise<JsonObject | readonly JsonObject[] | null> {
  const resource = resources.get(name);
  if (!resource) return null;
  const { audience } = contextOf(request);
  const published = permissions.followsPublished(audience);
  const records = (await counters.list(resource))
    .map((stored) => permissions.view(audience, resource, published ? stored.published : stored.record))
    .filter((record) => record !== null);
  return resource.single ? (records[0] ?? null) : records;
}
