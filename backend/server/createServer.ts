import express, { type Express } from 'express';
import pg from 'pg';
import { pino, type Logger } from 'pino';
import { createSync, type Sync } from '../createSync.ts';
import { connectRedis } from '../redis/connectRedis.ts';
import { lowdbStore } from '../stores/lowdb/lowdbStore.ts';
import { SyncError } from '../../shared/problem.ts';
import { postgresStore } from '../stores/postgres/postgresStore.ts';
import type { Store } from '../stores/store.ts';
import { examples } from './example.ts';
import type { Settings } from './settings.ts';

/** The shipped server, ready to listen. */
export interface ShippedServer {
  readonly app: Express;
  readonly sync: Sync;
  readonly logger: Logger;
  /** What was made up at this start and is shown this once: the admin password, the secret of the first webhook endpoint. */
  firstSecrets(): {
    readonly password: string | null;
    readonly webhook: { readonly url: string; readonly secret: string } | null;
  };
  close(): Promise<void>;
}

/**
 * Puts the API, the panel and the page of the example on one Express app.
 *
 * Errors  OPTION_INVALID for settings that Express or createSync do not take; those of the store through `sync.ready`
 */
export function createServer(settings: Settings): ShippedServer {
  const example = examples[settings.example];
  const logger = pino({
    level: settings.logLevel,
    redact: ['password', 'token', 'secret', '*.password', '*.token', '*.secret'],
  });
  // Before the store: a setting that stops the start must not leave a folder that is being opened.
  const app = createApp(settings.trustProxy);
  const redis = settings.redisUrl === undefined ? null : connectRedis(settings.redisUrl);
  const { store, end } = openStore(settings, logger);
  let password: string | null = null;
  let webhook: { readonly url: string; readonly secret: string } | null = null;
  const sync = createSync({
    store,
    ...example.options,
    ...given('adminPassword', settings.adminPassword),
    ...given('apiToken', settings.apiToken),
    ...given('secretKey', settings.secretKey),
    ...(settings.clerkWebhookSecret ? { inbound: { clerk: { secret: settings.clerkWebhookSecret } } } : {}),
    onFirstPassword: (made) => {
      password = made;
    },
    corsOrigins: settings.corsOrigins,
    rateLimit: settings.rateLimit,
    // The examples may share a Redis as they share a database.
    ...(redis === null ? {} : { redis: { client: redis, keyPrefix: `${example.schema}:` } }),
    webhooks: {
      allowPrivate: settings.webhookAllowPrivate,
      ...given('register', settings.panel.webhookUrl),
      onRegistered: (endpoint) => {
        webhook = endpoint;
      },
    },
    logger,
  });

  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', (_request, response) => {
    void sync
      .isReady()
      .then((ready) => response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' }));
  });
  app.use('/metrics', sync.metrics());
  app.use('/api', sync.router);
  app.use(
    '/admin',
    sync.panel({
      title: example.title,
      siteUrl: settings.panel.siteUrl ?? '/',
      ...given('backendUrl', settings.panel.backendUrl),
    }),
  );
  app.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy':
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'strict-origin-when-cross-origin',
    });
    next();
  });
  app.use(express.static(example.siteFolder, { maxAge: 0 }));

  return {
    app,
    sync,
    logger,
    firstSecrets: () => ({ password, webhook }),
    async close() {
      await sync.close();
      await end();
      redis?.close();
    },
  };
}

function createApp(trustProxy: Settings['trustProxy']): Express {
  const app = express();
  app.disable('x-powered-by');
  if (trustProxy === undefined) return app;
  try {
    // Only Express knows what it takes here.
    app.set('trust proxy', trustProxy);
  } catch (cause) {
    throw new SyncError(
      'OPTION_INVALID',
      `TRUST_PROXY has to be how many proxies stand in front, or their addresses separated by commas (10.0.0.0/8, loopback, linklocal, uniquelocal); "${trustProxy}" came.`,
      { cause },
    );
  }
  return app;
}

function openStore(settings: Settings, logger: Logger): { store: Store; end: () => Promise<void> } {
  if (settings.databaseUrl === undefined) {
    const store = lowdbStore({
      folder: settings.dataDir,
      onWarning: (warning) => logger.warn({ warning }, 'the store warns'),
    });
    return { store, end: () => Promise.resolve() };
  }
  const pool = new pg.Pool({ connectionString: settings.databaseUrl });
  pool.on('error', (error) =>
    logger.error({ err: error }, 'an idle connection to PostgreSQL broke; the next one is new'),
  );
  return { store: postgresStore({ pool, schema: examples[settings.example].schema }), end: () => pool.end() };
}

/** An option only where it is set: `undefined` under exact optional types is not "not given". */
function given<K extends string>(name: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: string };
}
