import type { RequestHandler } from 'express';
import { createAccounts } from './auth/accounts.ts';
import { authRoutes } from './auth/authRoutes.ts';
import { createIdentify, type Identify } from './auth/identify.ts';
import type { Permissions, User } from './auth/permissions.ts';
import { createSessions } from './auth/sessions.ts';
import { canReach } from './canReach.ts';
import type { Core } from './core.ts';
import { createRingSealer, keyRing } from './keyRing.ts';
import type { SyncOptions } from './createSync.ts';
import { revokeType } from './log/revokeType.ts';
import type { Logger } from './logger.ts';
import { openInbound, type Inbound } from './inbound/openInbound.ts';
import { createMessaging, type Messaging } from './messages/createMessaging.ts';
import type { Metrics } from './readers/metrics/createMetrics.ts';
import type { ConnectionFigures } from './messages/realtimeSyncService.ts';
import { createSendCounter } from './messages/sendCounter.ts';
import { sendWindowMs } from './messages/sendLimit.ts';
import { openRealtime, openRooms } from './openRealtime.ts';
import { redisCacheStore } from './readers/cache/redisCacheStore.ts';
import { createReach } from './readers/reach/createReach.ts';
import { reachRoutes } from './readers/reach/reachRoutes.ts';
import { webhooksResource } from './readers/webhooks/webhooksResource.ts';
import { createWebhooks, type Webhooks } from './readers/webhooks/createWebhooks.ts';
import type { Notice } from './messages/createNotifications.ts';
import { disabledNotice } from './readers/webhooks/disabledNotice.ts';
import { heldNotice } from './readers/webhooks/heldNotice.ts';
import { tellEndpointNotice } from './readers/webhooks/tellEndpointNotice.ts';
import { openAppend, type Appending } from './records/openAppend.ts';
import { createCounters } from './records/counters/createCounters.ts';
import type { Resource } from './records/defineResource.ts';
import type { LimitStores } from './redis/limitStores.ts';
import { recordRoutes } from './records/recordRoutes.ts';
import { createSaver } from './records/save.ts';
import { seed } from './records/seed.ts';
import { createServerRecords, type ServerRecords } from './records/serverRecords.ts';
import { SyncError } from '../shared/problem.ts';
import express from 'express';
import { systemRoutes } from './systemRoutes.ts';
import type { Upgrades } from './upgrades.ts';

/** What createSync hands over to be opened. */
export interface OpeningOptions {
  readonly options: SyncOptions;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly permissions: Permissions;
  readonly logger: Logger;
  readonly upgrades: Upgrades;
  readonly metrics: Metrics;
  /** Where limits are counted. */
  readonly limits: LimitStores;
  readonly closing: AbortSignal;
}

/** An installation whose store is open and whose readers run. */
export interface Installation {
  readonly identify: Identify;
  readonly routes: RequestHandler;
  readonly messaging: Messaging;
  readonly inbound: Inbound;
  connections(): ConnectionFigures;
  serverRecords(resource: Resource): ServerRecords;
  readonly append: Appending['append'];
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens the store, stores what a first start needs, and starts the readers, in this order: a reader never runs on a store that is not open. */
export async function openInstallation({
  options,
  resources,
  permissions,
  logger,
  upgrades,
  metrics,
  limits,
  closing,
}: OpeningOptions): Promise<Installation> {
  const { store } = options;
  const sealer = createRingSealer(await keyRing(options.secretKey, store.folder));
  await store.open();
  try {
    const saver = createSaver({ store, sealer });
    const counters = createCounters(store);
    const { ifMatch = 'merge' } = options;
    const { countSave } = metrics;
    const limitsOfBodies = { maxBodyBytes: options.maxBodyBytes ?? 1_048_576, maxDepth: options.maxDepth ?? 64 };
    const core: Core = { store, saver, counters, permissions, logger, countSave, resources, limits: limitsOfBodies, ifMatch }; // prettier-ignore
    const accounts = createAccounts({ store, saver, sealer });
    const sessions = createSessions(store.state);
    const cookie = { crossOrigin: (options.corsOrigins ?? []).length > 0 };
    const identify = createIdentify({
      accounts,
      sessions,
      cookie,
      apiToken: options.apiToken,
      authenticate: options.authenticate,
      log: store.log,
    });
    await store.declare?.([...resources.values()].map(({ name, live, priority }) => ({ name, live, priority })));
    await seed(store, saver, resources.values());
    await accounts.ensureFirst(options.firstAccounts ?? []);
    await ensureAdmin(options, accounts);

    const onError = (error: unknown) => logger.error({ err: error }, 'a reader met an error and goes on');
    const tellOf = (notice: Notice | null, changedBy: readonly string[]): void =>
      void tellEndpointNotice({
        notice,
        changedBy,
        accounts,
        store: (told, userId) => messaging.notifications.addOnce(told, userId),
        publish: (message) => messaging.publisher.publish(message),
      }).catch(onError);
    const webhooks = createWebhooks({
      core,
      sealer,
      state: store.state,
      closing,
      allowPrivate: options.webhooks?.allowPrivate ?? [],
      settings: options.webhooks,
      onError,
      onDisabled: (endpoint, _reason, changedBy) => tellOf(disabledNotice(endpoint), changedBy),
      onHeld: (endpoint, since, changedBy) => tellOf(heldNotice(endpoint, since, Date.now()), changedBy),
    });
    await webhooks.start();
    await registerFirst(options, webhooks, logger);
    const rooms = openRooms({ core, options });
    const messaging = createMessaging({
      core, closing, onError,
      declared: options.messages,
      scopeOf: (user) => options.scope?.(user) ?? null,
      canJoin: (user, room) => rooms.mayJoin(user, room),
      isLimited: options.rateLimit !== 0,
      limits,
    }); // prettier-ignore
    const countSend = options.rateLimit === 0 ? null : createSendCounter(limits.create('socket-sends', sendWindowMs));
    const realtime = openRealtime({
      core, options, identify, upgrades, rooms, closing, onError,
      isKept: (entry, userId) => messaging.queue.isKept(entry, userId),
      send: async (user, message) => {
        await countSend?.(user.id);
        await messaging.sendToRoom(user, message);
      },
    }); // prettier-ignore

    const appending = openAppend({ store, saver, resources, closing, onError });
    const shared = options.redis === undefined ? {} : { store: redisCacheStore(options.redis) };
    options.cache?.follow({ log: store.log, resources: [...resources.keys()], signal: closing, onError, ...shared });
    const reach = createReach({
      core,
      state: store.state,
      lateAfterMs: options.reach?.lateAfterMs ?? 10_000,
      visitorsOf: realtime.visitorsOf,
      endpointsOf: webhooks.reachOf,
      closing,
      onError,
    });
    const routes = express.Router();
    // Before the records: it would be one with the id `reach`.
    const mayConfigure = (user: User) => permissions.can(user, 'configure', webhooksResource, null);
    routes.use(reachRoutes({ core, reach, mayConfigure }));
    // Early, as the busiest: names of resources and of the other routes never meet.
    routes.use(recordRoutes(core));
    routes.use(
      '/auth',
      authRoutes({
        accounts, sessions, cookie, corsOrigins: options.corsOrigins ?? [], limits, logger,
        endOpened: (userId, session) =>
          messaging.publisher.publish({ type: revokeType, payload: { session }, to: { kind: 'users', ids: [userId] } }),
      }), // prettier-ignore
    );
    routes.use(realtime.router);
    routes.use(messaging.router);
    routes.use(
      systemRoutes({
        core,
        ...realtime,
        messages: messaging.queue,
        cache: options.cache ?? null,
        readers: () => webhooks.readers(),
      }),
    );
    const inbound = openInbound(core, options.inbound);
    routes.use('/webhooks', inbound.router);
    routes.use('/webhooks', webhooks.router);

    metrics.measure({
      head: () => store.log.head(),
      isReady: () => canReach(core),
      saver,
      connections: () => realtime.connections.stats(),
      presence: () => realtime.presence.stats(),
      messages: () => messaging.queue.stats(),
      cache: () => options.cache?.stats() ?? null,
      redis: () => limits.stats(),
      readers: () => webhooks.readers(),
    });

    return {
      identify,
      routes,
      messaging,
      inbound,
      connections() {
        const { clients, ...transports } = realtime.connections.stats();
        return { transports, users: clients };
      },
      serverRecords: (resource) => createServerRecords({ store, saver, counters }, resource),
      append: (change, given) => appending.append(change, given),
      isReady: () => canReach(core),
      async close() {
        await appending.idle();
        await webhooks.idle();
        await realtime.presence.close();
        await store.close();
      },
    };
  } catch (error) {
    // A start that failed after the store was opened must not keep its folder.
    await store.close();
    throw error;
  }
}

/** An address that cannot be used is said loudly, but is no reason to keep a whole team from working. */
async function registerFirst({ webhooks: wanted }: SyncOptions, webhooks: Webhooks, logger: Logger): Promise<void> {
  if (wanted?.register === undefined) return;
  try {
    const secret = await webhooks.registerOnce(wanted.register);
    if (secret !== null) wanted.onRegistered?.({ url: wanted.register, secret });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    logger.error({ err: error, code: error.code }, 'the first webhook endpoint was not registered');
  }
}

async function ensureAdmin(options: SyncOptions, accounts: ReturnType<typeof createAccounts>): Promise<void> {
  // Without a password and with own sign-in, nobody would ever use the account.
  if (options.adminPassword === undefined && options.authenticate !== undefined) return;
  const made = await accounts.ensureAdmin(options.adminPassword);
  if (made !== null) options.onFirstPassword?.(made);
}
