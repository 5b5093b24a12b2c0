import { refuseOption, refuseUnknownOptions } from '../../options.ts';

/** Names of live resources, or an installation, whose declared resources all are. */
export type LiveResources = readonly string[] | { readonly resources: readonly string[] };

/** Which answers may be kept, and for how long. */
export interface CacheConfiguration {
  /** What is live: an address with such a name among its parts is asked for anew each time. */
  readonly live: LiveResources;
  /** Seconds by the beginning of an address, `{ '/api/reports': CacheTTL.LONG }`; the longest that fits counts. Default none. */
  readonly endpoints?: Readonly<Record<string, number>>;
  /** Seconds for every other address. Default 0: asked for anew each time. */
  readonly otherwise?: number;
  /** Beginnings of addresses that answer everybody the same, so that a cache between may keep them for all. Default none. */
  readonly public?: readonly string[];
}

/** The answers to what a cache may do with an address. */
export interface CachePolicy {
  /** Seconds for which an answer may be used without asking again; 0 for one that is live. */
  getCacheMaxAge(path: string): number;
  /** True where an answer may be used without asking again. */
  shouldCacheEndpoint(path: string): boolean;
  /** True where everybody gets the same answer. */
  isPublic(path: string): boolean;
}

/**
 * Makes the policy of a configuration. What is live is never kept, whatever else is said of its address.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID
 */
export function createCachePolicy(configuration: CacheConfiguration): CachePolicy {
  const of = 'createCachePolicy';
  refuseUnknownOptions(of, configuration, ['live', 'endpoints', 'otherwise', 'public']);
  const { live, endpoints = {}, otherwise = 0, public: open = [] } = configuration;
  const names = 'resources' in live ? live.resources : live;
  if (!Array.isArray(names)) refuseOption(of, 'live', 'names of resources, or what createSync gave', typeof live);
  for (const seconds of [...Object.values(endpoints), otherwise])
    if (!Number.isInteger(seconds) || seconds < 0) refuseOption(of, 'endpoints', 'whole seconds, 0 or more', seconds);
  const liveParts = new Set(names);
  const rules = Object.entries(endpoints).map(([start, seconds]) => ({ parts: partsOf(start), seconds }));
  rules.sort((a, b) => b.parts.length - a.parts.length);
  const openStarts = open.map(partsOf);

  function getCacheMaxAge(path: string): number {
    const parts = partsOf(path);
    if (parts.some((part) => liveParts.has(part))) return 0;
    return rules.find((rule) => startsWith(parts, rule.parts))?.seconds ?? otherwise;
  }

  return {
    getCacheMaxAge,
    shouldCacheEndpoint: (path) => getCacheMaxAge(path) > 0,
    isPublic(path) {
      const parts = partsOf(path);
      return openStarts.some((start) => startsWith(parts, start));
    },
  };
}

/** In lower case and decoded, as Express finds routes: `/API/Team/` and `/api/%74eam` are the same address as `/api/team`. */
function partsOf(path: string): readonly string[] {
  const [address = ''] = path.split(/[?#]/);
  const parts = address.split('/').filter((part) => part !== '');
  return parts.map((part) => decode(part).toLowerCase());
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // No route takes such a part; it is compared as it came.
    return part;
  }
}

function startsWith(parts: readonly string[], start: readonly string[]): boolean {
  return start.every((part, index) => parts[index] === part);
}
