/** Names under `/api/` that are no resources. */
const reserved = new Set(['sync', 'auth', 'webhooks', 'users', 'accounts', 'notifications']);

/** The path of a URL without its query and without a slash at the end: one name per record. */
export function recordKeyOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

/** True for `/api/<resource>` and `/api/<resource>/<id>`: there every rule of a save is known. */
export function isRecordRoute(url: string): boolean {
  const match = /^\/api\/([^/]+)(\/[^/]+)?$/.exec(recordKeyOf(url));
  return match?.[1] !== undefined && !reserved.has(match[1]);
}

/**
 * Puts the address of the backend before a path.
 *
 * An absolute URL stays as it is, and then is one of another server unless it begins with `backendUrl`.
 */
export function absoluteUrl(backendUrl: string, url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : backendUrl + url;
}

/** The path of a URL of this backend; any other URL unchanged. */
export function localUrl(backendUrl: string, url: string): string {
  return backendUrl !== '' && url.startsWith(`${backendUrl}/`) ? url.slice(backendUrl.length) : url;
}
