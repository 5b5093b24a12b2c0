import type { Request } from 'express';

/** Finds the declaration of an address: `app.use` knows no parameters, so we match them ourselves. */
export interface RouteTable<T> {
  find(request: Request): { readonly value: T; readonly params: Readonly<Record<string, string>> } | null;
}

/** Compiles `{ '/api/team/:id': … }`; the first pattern that fits a path wins. */
export function createRouteTable<T>(routes: Readonly<Record<string, T>>): RouteTable<T> {
  const compiled = Object.entries(routes).map(([pattern, value]) => ({ parts: split(pattern), value }));
  return {
    find(request) {
      const path = split(request.originalUrl.split('?')[0] ?? '');
      for (const { parts, value } of compiled) {
        const params = matchParts(parts, path);
        if (params) return { value, params };
      }
      return null;
    },
  };
}

function split(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function matchParts(parts: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (parts.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const given = path[index] ?? '';
    if (part.startsWith(':')) {
      const value = decode(given);
      if (value === null) return null;
      params[part.slice(1)] = value;
    } else if (part !== given) {
      return null;
    }
  }
  return params;
}

/** A path that cannot be decoded fits no pattern; Express itself answers it with 400. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
