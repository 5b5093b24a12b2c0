import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../server/settings.ts';
import { hasErrorCode } from '../stores/lowdb/durableFile.ts';
import { failed, ok, warning, type CheckLine } from './checkLine.ts';
import type { CommandTarget } from './commandTarget.ts';

/** What can be judged without looking at anything but the settings. */
export function checkSettings(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): readonly CheckLine[] {
  return [
    ok('settings', `readable; the example is ${settings.example}, port ${settings.port}`),
    checkPrivate(settings, environment['NODE_ENV'] === 'production'),
    checkProxy(settings),
    checkOrigins(settings),
    checkPassword(settings),
    settings.rateLimit === 0
      ? warning('rate limit', 'RATE_LIMIT is 0: there is none', 'Set a number, such as 1000.')
      : ok('rate limit', `${settings.rateLimit} requests per 15 minutes and client`),
    settings.apiToken === undefined
      ? warning('monitoring', 'BACKOFFICE_API_TOKEN is not set, and /metrics needs a token or a session', 'Set one for the monitoring. /healthz and /readyz need none.') // prettier-ignore
      : ok('monitoring', '/metrics with BACKOFFICE_API_TOKEN; /healthz and /readyz without'),
  ];
}

/** The key that opens stored secrets: of 32 bytes, where the store looks for it. */
export async function checkSecretKey({ secretKey }: Settings, target: CommandTarget): Promise<CheckLine> {
  const make =
    'Make one: openssl rand -base64 32. Where secrets are stored already it has to be the one that sealed them.';
  if (secretKey !== undefined) {
    const lengths = secretKey.split(',').map((key) => Buffer.from(key.trim(), 'base64').length);
    const length = lengths.find((bytes) => bytes !== 32) ?? 32;
    if (lengths.length > 1 && length === 32)
      return warning('secret key', `SECRET_KEY has ${lengths.length} keys`, 'Run rotate-key until it finds nothing, then start with the first one alone.'); // prettier-ignore
    return length === 32 ? ok('secret key', 'SECRET_KEY is set') : failed('secret key', `SECRET_KEY has ${length} bytes instead of 32`, make); // prettier-ignore
  }
  if (target.kind === 'database') return failed('secret key', 'SECRET_KEY is not set, and PostgreSQL needs it', make);
  const path = join(target.folder, 'key');
  try {
    const { length } = Buffer.from(await readFile(path, 'utf8'), 'base64');
    return length === 32 ? ok('secret key', `in ${path}; keep a copy elsewhere`) : failed('secret key', `${path} is not a key of 32 bytes`, 'Put back the one that was there.'); // prettier-ignore
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ENOTDIR'))
      return failed('secret key', `${path} cannot be read: ${String(error)}`, 'Give the process the right to read it.');
    return ok('secret key', `none yet; the first start makes ${path}`);
  }
}

/** The admin panel, inside the package. */
export async function checkPanel(): Promise<CheckLine> {
  const path = fileURLToPath(
    new URL(
      import.meta.url.endsWith('.ts') ? '../../dist/panel/index.html' : '../../panel/index.html',
      import.meta.url,
    ),
  );
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere
    ? ok('panel', 'built')
    : failed('panel', 'not built', 'Run npm run build, or install the published package.');
}

function checkPrivate({ webhookAllowPrivate }: Settings, isProduction: boolean): CheckLine {
  if (webhookAllowPrivate.length === 0) return ok('webhooks', 'private networks are closed to them');
  const found = `WEBHOOK_ALLOW_PRIVATE opens ${webhookAllowPrivate.join(', ')} to them`;
  const advice = 'Leave it out in production: whoever may register an endpoint reaches these networks.';
  return isProduction ? failed('webhooks', found, advice) : warning('webhooks', found, advice);
}

function checkProxy({ host, trustProxy }: Settings): CheckLine {
  if (trustProxy !== undefined) return ok('https', `a proxy stands in front (TRUST_PROXY ${trustProxy})`);
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return warning(
    'https',
    isLocal
      ? `HOST is ${host}, and TRUST_PROXY is not set`
      : `HOST ${host} is reachable without a proxy, in plain HTTP`,
    'Put a proxy with HTTPS in front and set TRUST_PROXY=1: addresses of clients and secure cookies depend on it.',
  );
}

function checkOrigins({ corsOrigins }: Settings): CheckLine {
  const wrong = corsOrigins.filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong.length > 0)
    return failed('origins', `CORS_ORIGINS names ${wrong.join(', ')}`, 'An origin is scheme and host alone, such as https://www.example.com.'); // prettier-ignore
  const plain = corsOrigins.filter((origin) => origin.startsWith('http:'));
  if (plain.length > 0)
    return warning(
      'origins',
      `CORS_ORIGINS names ${plain.join(', ')} without HTTPS`,
      'A browser sends no session there: use https.',
    );
  return ok('origins', corsOrigins.length === 0 ? 'pages of this origin only' : corsOrigins.join(', '));
}

function checkPassword({ adminPassword }: Settings): CheckLine {
  if (adminPassword === undefined) return ok('password', 'of admin: made at the first start and shown once');
  return adminPassword.length >= 12
    ? ok('password', 'of admin: BACKOFFICE_ADMIN_PASSWORD is set')
    : warning('password', 'BACKOFFICE_ADMIN_PASSWORD is short', 'Use 12 characters or more.');
}
