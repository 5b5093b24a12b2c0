import type { RequestHandler, Response } from 'express';
import { createCachePolicy, type CacheConfiguration, type CachePolicy } from './createCachePolicy.ts';

/**
 * Says in `Cache-Control` what a cache may do with the answers of GET routes behind it: `no-cache` for what is live,
 * `max-age` for the rest, `private` for what depends on who asks. A handler that says it itself has the last word.
 *
 * Shape   an installation, a configuration, or a policy made of one; an answer of 400 and above is `no-store`, and one that
 *         sets a cookie is never for all
 * Errors  those of createCachePolicy
 */
export function cacheHeaders(
  of: { readonly resources: readonly string[] } | CacheConfiguration | CachePolicy,
): RequestHandler {
  const policy = toPolicy(of);
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      next();
      return;
    }
    const path = `${request.baseUrl}${request.path}`;
    const isPublic = policy.isPublic(path);
    const maxAge = policy.getCacheMaxAge(path);
    const said = `${isPublic ? 'public' : 'private'}, ${maxAge > 0 ? `max-age=${maxAge}` : 'no-cache'}`;
    response.set('Cache-Control', said);
    if (!isPublic) response.vary('Cookie').vary('Authorization');
    beforeHeaders(response, (status) => {
      if (response.getHeader('Cache-Control') !== said) return;
      if (status >= 400) response.setHeader('Cache-Control', 'no-store');
      else if (isPublic && response.hasHeader('Set-Cookie'))
        response.setHeader('Cache-Control', said.replace('public', 'private'));
    });
    next();
  };
}

function toPolicy(of: Parameters<typeof cacheHeaders>[0]): CachePolicy {
  if ('getCacheMaxAge' in of) return of;
  return createCachePolicy('resources' in of ? { live: of.resources } : of);
}

/** What an answer becomes is known when its head is written: every way of ending it leads there. */
function beforeHeaders(response: Response, call: (status: number) => void): void {
  const writeHead = response.writeHead.bind(response) as (...parts: unknown[]) => Response;
  response.writeHead = (...parts: unknown[]) => {
    if (!response.headersSent) call(typeof parts[0] === 'number' ? parts[0] : response.statusCode);
    return writeHead(...parts);
  };
}
