import { SyncError } from '../../../shared/problem.ts';

/** The name of a resource as it stands in `CachePrefix`: `key_results` is `KEY_RESULTS`, `job-postings` is `JOB_POSTINGS`. */
export type CachePrefixName<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${CachePrefixName<Tail>}`
  : Uppercase<Name>;

/** The prefixes of cache keys, by the names of their resources. */
export type CachePrefixes<Name extends string> = { readonly [One in Name as CachePrefixName<One>]: One };

/**
 * The first words of cache keys: `createCachePrefix(['goals', 'key_results'])` gives `{ GOALS: 'goals', KEY_RESULTS: 'key_results' }`.
 *
 * Errors  OPTION_INVALID for two resources whose names differ in nothing but `-` and `_`
 */
export function createCachePrefix<const Name extends string>(resources: readonly Name[]): CachePrefixes<Name> {
  const entries = resources.map((name) => [name.replaceAll('-', '_').toUpperCase(), name] as const);
  const prefixes = Object.fromEntries(entries);
  const lost = entries.find(([key, name]) => prefixes[key] !== name);
  if (lost !== undefined)
    throw new SyncError(
      'OPTION_INVALID',
      `createCachePrefix: "${lost[1]}" and "${prefixes[lost[0]]}" are both ${lost[0]}.`,
    );
  return Object.freeze(prefixes) as CachePrefixes<Name>;
}
