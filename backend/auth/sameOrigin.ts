import type { Request } from 'express';
import { SyncError } from '../../shared/problem.ts';

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** The origin of a request's own address, as the browser sees it. */
export function ownOrigin(request: Request): string {
  return `${request.protocol}://${request.get('host') ?? ''}`;
}

/**
 * Refuses a request that changes something, speaks with a cookie, and was started by a page of another site.
 *
 * `Origin` decides where it is sent; without it (some same-origin requests) `Sec-Fetch-Site` does. A browser that sends
 * neither is older than every supported one, and is refused. Behind a proxy that changes `Host`,
 * list the public origin; the scheme is the one that Express's `trust proxy` tells.
 *
 * Errors  CROSS_SITE
 */
export function refuseCrossSite(request: Request, byCookie: boolean, corsOrigins: readonly string[]): void {
  if (!byCookie || safeMethods.includes(request.method)) return;
  const { origin } = request.headers;
  const site = request.get('sec-fetch-site');
  if (origin !== undefined && origin !== 'null') {
    if (origin === ownOrigin(request) || corsOrigins.includes(origin)) return;
    // The browser itself vouches for same-origin even where a proxy hid the scheme or the host from us.
    if (site === 'same-origin') return;
  } else if (origin === undefined && (site === 'same-origin' || site === 'none')) {
    return;
  }
  throw new SyncError(
    'CROSS_SITE',
    `Changes with a session are accepted from ${ownOrigin(request)} and the listed origins only; "${origin ?? 'no Origin'}" came. Add it to corsOrigins (CORS_ORIGINS), or use a bearer token.`,
  );
}

/**
 * Refuses a socket that speaks with a cookie and was opened by a page of another site: the browser sends the cookie with
 * every handshake and asks nobody, so that without this any site could listen and speak in the name of its visitor.
 *
 * A handshake without `Origin` is no browser's.
 *
 * Errors  CROSS_SITE
 */
export function refuseForeignSocket(request: Request, byCookie: boolean, corsOrigins: readonly string[]): void {
  const { origin } = request.headers;
  if (!byCookie || origin === undefined || origin === ownOrigin(request) || corsOrigins.includes(origin)) return;
  // Behind a proxy that ends TLS the scheme may be unknown here; the host is what another site cannot have.
  if (URL.canParse(origin) && new URL(origin).host === request.get('host')) return;
  throw new SyncError(
    'CROSS_SITE',
    `Sockets with a session are opened by ${ownOrigin(request)} and the listed origins only; "${origin}" came. Add it to corsOrigins (CORS_ORIGINS).`,
  );
}
