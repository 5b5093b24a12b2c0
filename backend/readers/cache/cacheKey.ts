import { SyncError } from '../../../shared/problem.ts';

/**
 * A key of the cache: `<prefix>:<organization>:<rest>`, each part escaped, so that no organization can be spelled as another one.
 *
 * Everything that the value depends on has to be in it: an answer that one user may read and another may not needs the user.
 */
export function cacheKey(prefix: string, organizationId: string, ...rest: readonly (string | number)[]): string {
  return [prefix, organizationId, ...rest].map((part) => encodeURIComponent(part)).join(':');
}

/** Under which tags a key is invalidated by hand, and what its first word is. */
export interface KeyTags {
  readonly prefix: string;
  /** Everything; its prefix; its organization; both together. */
  readonly byHand: readonly string[];
}

/** The tag of everything. */
export const everyTag = '*';

/** The tag of an organization, or of one prefix of it. */
export function organizationTag(organizationId: string, prefix = ''): string {
  return `of:${encodeURIComponent(organizationId)}:${encodeURIComponent(prefix)}`;
}

/** The tag that a prefix, a resource or a record (`goals/g1`) is invalidated under by hand. */
export function namedTag(name: string): string {
  return `name:${name}`;
}

/**
 * Reads a key.
 *
 * Errors  BAD_PARAMETER
 */
export function keyTags(key: string): KeyTags {
  if (typeof key !== 'string' || key === '' || key.length > 1000)
    throw new SyncError('BAD_PARAMETER', 'The key of a cached value has to be a text of 1 to 1,000 characters.');
  const [prefix = '', organization] = key.split(':').map(unescape);
  const ofOrganization =
    organization === undefined ? [] : [organizationTag(organization), organizationTag(organization, prefix)];
  return { prefix, byHand: [everyTag, namedTag(prefix), ...ofOrganization] };
}

function unescape(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Written by hand, with a % that escapes nothing: it is what it looks like.
    return part;
  }
}
