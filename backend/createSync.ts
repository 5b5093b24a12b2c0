import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import type { Request, RequestHandler, Router } from 'express';
import { SyncError } from '../shared/problem.ts';
import { createApiRouter } from './apiRouter.ts';
import { checkSyncOptions } from './checkSyncOptions.ts';
import { createPanel, type PanelOptions } from './panel.ts';
import { checkedScope } from './auth/checkedScope.ts';
import type { FirstAccount } from './auth/firstAccounts.ts';
import { createPermissions, type PermissionOptions, type User } from './auth/permissions.ts';
import { metricsRoute } from './metricsRoute.ts';
import { createMetrics } from './readers/metrics/createMetrics.ts';
import { silentLogger, type Logger } from './logger.ts';
import { createRealtimeSyncService } from './messages/createRealtimeSyncService.ts';
import type { MessageDeclarations } from './messages/messageTypes.ts';
import type { RealtimeSyncService } from './messages/realtimeSyncService.ts';
import { createInboundService, withUsers, type InboundService, type InboundSetting } from './inbound/index.ts';
import { openInstallation, type Installation } from './openInstallation.ts';
import type { RoomAccessOptions } from './presence/createRoomAccess.ts';
import type { ServiceCache } from './readers/cache/createServiceCache.ts';
import type { RealtimeOptions } from './readers/realtime/realtimeOptions.ts';
import type { WebhookSettings } from './readers/webhooks/webhookSettings.ts';
import type { Resource } from './records/defineResource.ts';
import { limitStores, type RedisOptions } from './redis/limitStores.ts';
import type { ServerRecords } from './records/serverRecords.ts';
import type { AppendOptions, AppendRequest } from './records/append.ts';
import type { Store } from './stores/store.ts';
import { createUpgrades, type AttachOptions } from './upgrades.ts';

/** Everything that an installation can be told. Times are in milliseconds, sizes in bytes. */
export interface SyncOptions extends PermissionOptions, RoomAccessOptions, InboundSetting {
  /** Where records and their log live: `lowdbStore({ folder })` or `postgresStore({ pool })`. */
  readonly store: Store;
  readonly resources: readonly Resource[];
  /** Says who sends a request, by the integrator's own session; null for nobody. Default: only the built-in sign-in. */
  readonly authenticate?: (request: Request) => User | null | Promise<User | null>;
  /** The password of the user `admin`. Default: made at the first start and given to `onFirstPassword`. */
  readonly adminPassword?: string;
  /** Called once in the life of a store, with the password that was made up. Default: nobody learns it. */
  readonly onFirstPassword?: (password: string) => void;
  /** Accounts that a first start makes beside `admin`; they sign in as it does. Nothing is made in a store that has an `admin` already. Default none. */
  readonly firstAccounts?: readonly FirstAccount[];
  /** A machine's token; it acts as an admin named `api`. Default none. */
  readonly apiToken?: string;
  /** 32 bytes in base64: seals secrets in the log. Several, separated by commas: the first seals, all open, as `rotate-key` needs it. Default: made once in the folder of an embedded store. */
  readonly secretKey?: string;
  /** Other origins whose pages may use the API with a session. Default none. */
  readonly corsOrigins?: readonly string[];
  /** Requests per 15 minutes and client; reading streams and polling has five times as many of its own. 0: no limit. Default 1,000. */
  readonly rateLimit?: number;
  /** Bytes of a body. Default 1,048,576. */
  readonly maxBodyBytes?: number;
  /** Levels of nesting of a body. Default 64. */
  readonly maxDepth?: number;
  /** A save whose `If-Match` names an older version: `merge` it with what is stored now, or refuse it (`strict`, 412 VERSION_CHANGED). Default merge. */
  readonly ifMatch?: 'merge' | 'strict';
  readonly realtime?: RealtimeOptions;
  /** Types of message that clients may send beside the built-in ones, each with a schema of its payload or true. Default none. */
  readonly messages?: MessageDeclarations;
  /** The outgoing calls. */
  readonly webhooks?: WebhookSettings;
  /** Following saves to the public site. */
  readonly reach?: {
    /** After how many milliseconds a save that the site does not show is late. Default 10,000. */
    readonly lateAfterMs?: number;
  };
  /** A cache of the server's own code, made by `createServiceCache`, that every save makes old by itself. Default none. */
  readonly cache?: ServiceCache;
  /** Shared by the nodes of one installation: the limits are counted in it, and a `cache` that was told no other place lies there. Default: each node by itself. */
  readonly redis?: RedisOptions;
  /** A pino logger fits. Default silent. */
  readonly logger?: Logger;
}

/** A running installation. It never listens and never touches requests outside of where it is mounted. */
export interface Sync extends RealtimeSyncService, InboundService {
  /** Mount it: `app.use('/api', sync.router)`. Requests wait until the store is open. */
  readonly router: Router;
  /** Resolves when the store is open and everything runs; rejects with what stopped the start. */
  readonly ready: Promise<void>;
  /** The admin panel: `app.use('/admin', sync.panel())`. */
  panel(options?: PanelOptions): RequestHandler;
  /** The figures in Prometheus' text format, for who may `configure`: `app.use('/metrics', sync.metrics())`. */
  metrics(): RequestHandler;
  /** Lets WebSockets in, through the same application as every request: `sync.attach(app.listen(3000))`. Returns what ends it. */
  attach(server: Server, options?: AttachOptions): () => void;
  /** Records for the server's own code, through the same save as every route. Errors  NOT_FOUND for an unknown resource */
  records(resource: string): ServerRecords;
  /**
   * Tells what happened to a record that lives in the integrator's own data. Errors  NOT_FOUND for an unknown resource, INVALID, STORE_UNAVAILABLE
   *
   * Resolves when it is durable in the log; a crash between the integrator's write and this call loses the event. With `client`, a
   * connection to the same PostgreSQL whose transaction is open, it belongs to that transaction and is told after its commit: no gap.
   */
  append(change: AppendRequest, options?: AppendOptions): Promise<void>;
  /** True for a resource whose records are rows of a captured table. */
  isCaptured(resource: string): boolean;
  /** True when changes of a resource are told live. */
  isRealtimeEnabled(resource: string): boolean;
  /** The resources whose changes a user is told live; null for a visitor. */
  getUserRealtimeResources(user: User | null): readonly string[];
  /** True when saves and streams work; for a load balancer. */
  isReady(): Promise<boolean>;
  /** Ends streams, lets readers finish, closes the store. */
  close(): Promise<void>;
  /** The names of the declared resources. */
  readonly resources: readonly string[];
  /** What middlewares of this package need of it. */
  readonly logger: Logger;
}

/**
 * Puts an installation together: the store, the way in, the readers and the routes.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID at once; what the store says about its folder or database through `ready`
 */
export function createSync(given: SyncOptions): Sync {
  checkSyncOptions(given);
  const options = given.scope ? { ...given, scope: checkedScope(given.scope) } : given;
  const logger = options.logger ?? silentLogger;
  const permissions = createPermissions(options);
  const resources = new Map(withUsers(options.resources, options.inbound).map((resource) => [resource.name, resource]));
  const closing = new AbortController();
  // Every live connection listens to it.
  setMaxListeners(0, closing.signal);
  const upgrades = createUpgrades();
  const metrics = createMetrics();
  const limits = limitStores({ redis: options.redis, logger });
  let opened: Installation | null = null;
  const opening = openInstallation({
    options,
    resources,
    permissions,
    logger,
    upgrades,
    metrics,
    limits,
    closing: closing.signal,
  }).then((installation) => {
    opened = installation;
    return installation;
  });
  const ready = opening.then(() => undefined);
  // Whoever waits for `ready` gets the reason; without this, not waiting would end the process.
  ready.catch((error: unknown) => logger.error({ err: error }, 'start failed'));

  const installation = (): Installation => {
    if (opened) return opened;
    throw new SyncError('STORE_UNAVAILABLE', 'The server is still starting, or could not start.');
  };
  const whenReady = (): Promise<void> =>
    ready.catch((cause: unknown) => {
      throw new SyncError('STORE_UNAVAILABLE', 'The server could not start; its log says why.', { cause });
    });
  const router = createApiRouter({
    whenReady,
    identify: () => installation().identify,
    permissions,
    corsOrigins: options.corsOrigins ?? [],
    rateLimit: options.rateLimit ?? 1000,
    limits,
    logger,
    routes: () => installation().routes,
  });

  const append: Sync['append'] = async (change, appendOptions) => (await opening).append(change, appendOptions);
  const realtime = createRealtimeSyncService({
    messaging: async () => (await opening).messaging,
    opened: () => opened?.messaging ?? null,
    append,
    connections: () => opened?.connections() ?? { transports: {}, users: 0 },
    isScoped: options.scope !== undefined,
    onError: (error) => logger.error({ err: error }, 'a change was made and could not be told'),
  });

  return {
    ...realtime,
    ...createInboundService(() => opening),
    router,
    ready,
    logger,
    resources: [...resources.keys()],
    attach: (server, attachOptions) => upgrades.attach(server, attachOptions),
    metrics: () =>
      metricsRoute({
        metrics,
        identify: async () => {
          await whenReady();
          return installation().identify;
        },
        permissions,
        logger,
      }),
    panel: (panelOptions = {}) => createPanel(panelOptions),
    records(name) {
      const resource = resources.get(name);
      if (!resource)
        throw new SyncError('NOT_FOUND', `There is no resource "${name}". Known: ${[...resources.keys()].join(', ')}.`);
      const when = async () => (await opening).serverRecords(resource);
      return {
        get: async (id) => (await when()).get(id),
        list: async () => (await when()).list(),
        create: async (fields, save) => (await when()).create(fields, save),
        update: async (id, fields, save) => (await when()).update(id, fields, save),
        delete: async (id, save) => (await when()).delete(id, save),
        publish: async (id, save) => (await when()).publish(id, save),
        increment: async (id, by, count) => (await when()).increment(id, by, count),
      };
    },
    append,
    isCaptured: (name) => (resources.get(name)?.captured ?? null) !== null,
    isRealtimeEnabled: (name) => (resources.get(name)?.live ?? false) !== false,
    getUserRealtimeResources: (user) =>
      [...resources.values()]
        .filter((resource) => resource.live !== false && permissions.can(user, 'read', resource, null))
        .map(({ name }) => name),
    isReady: async () => opened !== null && !closing.signal.aborted && (await opened.isReady()),
    async close() {
      closing.abort();
      const installed = await opening.catch(() => null);
      await installed?.close();
    },
  };
}
