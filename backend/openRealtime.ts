import { isDeepStrictEqual } from 'node:util';
import express, { type Router } from 'express';
import type { Identify } from './auth/identify.ts';
import { createRevocations } from './auth/revocations.ts';
import type { Audience, User } from './auth/permissions.ts';
import type { Core } from './core.ts';
import type { SyncOptions } from './createSync.ts';
import type { MessageEntry } from './log/entry.ts';
import { createPresence, type Presence } from './presence/createPresence.ts';
import { createRoomAccess, type RoomAccess } from './presence/createRoomAccess.ts';
import { presenceRoutes } from './presence/presenceRoutes.ts';
import type { Connections } from './readers/realtime/connections.ts';
import { realtimeRoutes } from './readers/realtime/realtimeRoutes.ts';
import type { SendToRoom } from './readers/realtime/serveSocket.ts';
import { contextOf } from './requestContext.ts';
import type { Upgrades } from './upgrades.ts';

/** What live connections, rooms and presence are opened with. */
export interface OpenRealtimeOptions {
  readonly core: Core;
  readonly options: SyncOptions;
  readonly identify: Identify;
  readonly upgrades: Upgrades;
  readonly isKept: (entry: MessageEntry, userId: string) => boolean;
  /** Made with the rule of rooms, which it needs too. */
  readonly send: SendToRoom;
  readonly rooms: RoomAccess;
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Everything that is live, as its routes and what the status shows of it. */
export interface Realtime {
  readonly router: Router;
  readonly connections: Connections;
  /** How many are told live of a resource. */
  readonly followersOf: (resource: string) => number;
  /** How many of them are open pages of visitors. */
  readonly visitorsOf: (resource: string) => number;
  readonly presence: Presence;
}

/** The rule of rooms of an installation. */
export function openRooms({ core, options }: Pick<OpenRealtimeOptions, 'core' | 'options'>): RoomAccess {
  return createRoomAccess({
    ...(options.canJoin ? { canJoin: options.canJoin } : {}),
    ...(options.scope ? { scope: options.scope } : {}),
    permissions: core.permissions,
    resources: core.resources,
    load: (resource, id) => core.counters.load(resource, id),
  });
}

/** Opens presence, the hub and the routes of live connections: `/sync/stream`, `/sync/poll`, `/sync/ws`, `/sync/presence`, `/ws/…`. */
export function openRealtime(of: OpenRealtimeOptions): Realtime {
  const { core, options, rooms, identify, onError } = of;
  const { permissions, resources, counters } = core;
  const { heartbeatMs } = options.realtime ?? {};
  const presence = createPresence({
    carrier: core.store.presence,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    onError,
  });
  const revocations = createRevocations({ log: core.store.log, signal: of.closing, onError });
  // Over connections and over requests alike: who is present by requests has no connection that would end.
  revocations.onRevoked((userId) => presence.leaveUser(userId));
  const realtime = realtimeRoutes({
    ...options.realtime,
    parts: {
      log: revocations.log,
      counters,
      permissions,
      resources,
      rooms,
      presence,
      scopeOf: (user) => options.scope?.(user) ?? null,
      isKept: of.isKept,
    },
    revocations,
    upgrades: of.upgrades,
    corsOrigins: options.corsOrigins ?? [],
    send: of.send,
    onSubscribed: ({ user, ...subscription }) =>
      core.logger.debug({ actor: user?.name ?? null, ...subscription }, 'realtime subscribed'),
    isStillAllowed: async (request) =>
      isSameReader(core, contextOf(request).audience, (await identify(request, null)).user),
    closing: of.closing,
    onError,
  });
  const router = express.Router();
  router.use('/sync', realtime.router);
  router.use('/sync', presenceRoutes({ presence, rooms, revocations, limits: core.limits }));
  router.use('/ws', realtime.plainSockets);
  const { connections, followersOf, visitorsOf } = realtime;
  return { router, connections, followersOf, visitorsOf, presence };
}

/**
 * True while who asks is the same person with the same rights. Whose role or anything else that `authenticate` says of
 * him changed is another reader, who connects anew: `can` may go by any of it, and is asked with what the connection knows.
 */
function isSameReader({ permissions }: Core, before: Audience, user: User | null): boolean {
  if (user === null || before.user === null) return user === before.user;
  return isDeepStrictEqual(user, before.user) && permissions.isSameAudience(before, user);
}
