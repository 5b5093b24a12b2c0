import { matchesPattern } from '../../shared/merge/index.ts';
import { protectedFields, type Resource } from './defineResource.ts';
import { toPointer } from './fieldClasses.ts';
import type { SaveRequest } from './saveRequest.ts';

/** What a save may not set. */
export interface Protection {
  /** Fields that keep their stored value. */
  readonly owned: readonly string[];
  /** The same and the secrets, which are set beside the merge: no restore, undo or whole record can touch them. */
  readonly patterns: readonly string[];
  /** True for a protected path and for everything inside it. */
  readonly isProtected: (path: string) => boolean;
  /** The names of `patterns` when all of them are fields at the top, which is nearly always; else null. */
  readonly topNames: readonly string[] | null;
}

/** What MongoDB and Mongoose own. */
const documentFields: readonly string[] = ['/_id', '/__v'];

// Made once per resource and kind of save: the arrays keep their identity, so that the engine prepares them once too.
const known = new WeakMap<Resource, Map<string, Protection>>();

/** The protection of a save: what its resource declares, what the client adds, less what the server's own code overrides. */
export function protectionOf(request: SaveRequest): Protection {
  if ((request.keep?.length ?? 0) > 0 || (request.override?.length ?? 0) > 0) return build(request);
  const kind = `${request.intent === 'create'}/${request.foreign === true}/${request.accept === true}`;
  const kinds = known.get(request.resource) ?? new Map<string, Protection>();
  known.set(request.resource, kinds);
  const hit = kinds.get(kind) ?? build(request);
  kinds.set(kind, hit);
  return hit;
}

function build(request: SaveRequest): Protection {
  const { resource } = request;
  const override = (request.override ?? []).map(toPointer);
  const declared = request.accept
    ? ['/id', '/version']
    : protectedFields(resource, request.intent === 'create' ? 'create' : 'update');
  const owned = [...declared, ...(request.accept ? [] : (request.keep ?? []).map(toPointer))]
    .filter((pattern) => !override.includes(pattern))
    .concat(request.foreign ? documentFields : [])
    // On somebody else's route `version` may mean something else.
    .filter((pattern) => !request.foreign || (pattern !== '/version' && pattern !== '/publishedVersion'));
  const patterns = [...owned, ...resource.classes.secret];
  const top = new Set(patterns.filter((pattern) => !pattern.includes('/', 1) && pattern !== '/*'));
  const deep = patterns.filter((pattern) => !top.has(pattern));
  return {
    owned,
    patterns,
    topNames:
      deep.length === 0 && [...top].every((pattern) => !pattern.includes('~'))
        ? [...top].map((pattern) => pattern.slice(1))
        : null,
    isProtected: (path) => {
      const end = path.indexOf('/', 1);
      return top.has(end === -1 ? path : path.slice(0, end)) || deep.some((pattern) => isAtOrUnder(path, pattern));
    },
  };
}

/** The pattern itself, or anything inside what it names. */
function isAtOrUnder(path: string, pattern: string): boolean {
  const depth = pattern.split('/').length;
  return matchesPattern(path.split('/').slice(0, depth).join('/'), pattern);
}
