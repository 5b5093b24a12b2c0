import { SyncError } from '../../shared/problem.ts';
import { examples, type ExampleName } from './example.ts';

/** The shipped server's settings, read from the environment once; `.env.example` explains each. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly example: ExampleName;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly secretKey: string | undefined;
  readonly adminPassword: string | undefined;
  readonly apiToken: string | undefined;
  readonly clerkWebhookSecret: string | undefined;
  readonly webhookAllowPrivate: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly trustProxy: number | string | undefined;
  readonly rateLimit: number;
  readonly logLevel: string;
  readonly panel: {
    readonly backendUrl: string | undefined;
    readonly siteUrl: string | undefined;
    readonly webhookUrl: string | undefined;
  };
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the settings; an empty variable counts as not set.
 *
 * Errors  OPTION_INVALID with the variable's name and what it may be
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const list = (name: string): readonly string[] =>
    (text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const number = (name: string, fallback: number, most: number): number => {
    const given = text(name);
    const value = given === undefined ? fallback : Number(given);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new SyncError('OPTION_INVALID', `${name} has to be a whole number from 0 to ${most}; "${given}" came.`);
  };
  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(logLevel))
    throw new SyncError('OPTION_INVALID', `LOG_LEVEL has to be one of ${logLevels.join(', ')}; "${logLevel}" came.`);
  const example = text('EXAMPLE') ?? 'company';
  if (!isExample(example))
    throw new SyncError('OPTION_INVALID', `EXAMPLE has to be company or workspace; "${example}" came.`);
  const proxy = text('TRUST_PROXY');
  return {
    port: number('PORT', 3000, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    example,
    dataDir: text('DATA_DIR') ?? examples[example].dataDir,
    databaseUrl: text('DATABASE_URL'),
    redisUrl: text('REDIS_URL'),
    secretKey: text('SECRET_KEY'),
    adminPassword: text('BACKOFFICE_ADMIN_PASSWORD'),
    apiToken: text('BACKOFFICE_API_TOKEN'),
    clerkWebhookSecret: text('CLERK_WEBHOOK_SECRET'),
    webhookAllowPrivate: list('WEBHOOK_ALLOW_PRIVATE'),
    corsOrigins: list('CORS_ORIGINS'),
    trustProxy: proxy !== undefined && /^\d+$/.test(proxy) ? Number(proxy) : proxy,
    rateLimit: number('RATE_LIMIT', 1000, 10_000_000),
    logLevel,
    panel: {
      backendUrl: text('VITE_BACKEND_URL'),
      siteUrl: text('VITE_FRONTEND_URL'),
      webhookUrl: text('VITE_WEBHOOK_URL'),
    },
  };
}

function isExample(name: string): name is ExampleName {
  return Object.hasOwn(examples, name);
}
