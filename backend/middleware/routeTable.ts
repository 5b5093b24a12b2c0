import type { Request } from 'express';
import { SyncError } from '../../shared/problem.ts';

/** Finds the declaration of an address: `app.use` knows no parameters, so we match them ourselves. */
export interface RouteTable<T> {
  /**
   * The declaration that an address belongs to, or null for an address that is not declared.
   *
   * Errors  BAD_PARAMETER for an address that cannot be decoded and could belong to one
   */
  find(request: Request): { readonly value: T; readonly params: Readonly<Record<string, string>> } | null;
}

/**
 * Compiles `{ '/api/team/:id': … }`; the first pattern that fits a path wins.
 *
 * It has to fit at least whatever Express's own routes fit, or another spelling of the address would pass by unprotected:
 * capitals, a trailing slash, an absolute address in the request line, a fragment.
 */
export function createRouteTable<T>(routes: Readonly<Record<string, T>>): RouteTable<T> {
  const compiled = Object.entries(routes).map(([pattern, value]) => ({ parts: split(pattern), value }));
  return {
    find(request) {
      for (const path of pathsOf(request)) {
        const given = split(path);
        for (const { parts, value } of compiled) {
          const params = matchParts(parts, given);
          if (params) return { value, params };
        }
      }
      return null;
    },
  };
}

/** The path that Express's own routes see, read by its own parser, and the one that was sent, if somebody rewrote it since. */
function pathsOf(request: Request): ReadonlySet<string> {
  const sent = request.originalUrl.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/)[0] ?? '';
  let path: string | null;
  try {
    path = request.path as string | null;
  } catch (cause) {
    throw new SyncError('BAD_PARAMETER', 'The address is not valid. Send the path of the record alone.', { cause });
  }
  return new Set([`${request.baseUrl}${path ?? ''}`, sent]);
}

function split(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function matchParts(parts: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (parts.length !== path.length) return null;
  const params: Record<string, string> = {};
  let isReadable = true;
  for (const [index, part] of parts.entries()) {
    const raw = path[index] ?? '';
    const given = decode(raw);
    if (given === null) isReadable = false;
    else if (part.startsWith(':')) params[part.slice(1)] = given;
    else if (!isSame(part, given) && !isSame(part, raw)) return null;
  }
  if (isReadable) return params;
  throw new SyncError(
    'BAD_PARAMETER',
    'The address is not valid: a % in it is not followed by two hex digits of UTF-8.',
  );
}

/** Express takes capitals and small letters for the same unless told otherwise. */
function isSame(part: string, given: string): boolean {
  return part === given || part.toLowerCase() === given.toLowerCase();
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // The caller decides whether the path could belong to a declared one.
    return null;
  }
}
