import type { LogPosition } from '../../../shared/cursor.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import { refuseOption, refuseUnknownOptions } from '../../options.ts';
import { cacheKey, everyTag, keyTags, namedTag, organizationTag } from './cacheKey.ts';
import type { CacheStore } from './cacheStore.ts';
import { keptValue, readKept } from './keptValue.ts';
import { memoryCacheStore } from './memoryCacheStore.ts';
import { createTagReader, type TagReader } from './tagReader.ts';

/** What a cache is made of. */
export interface ServiceCacheOptions {
  /** Where values lie: `redisCacheStore({ client })` for several nodes. Default the `redis` of createSync, else the memory of this process. */
  readonly store?: CacheStore;
  /** How many values the memory of this process keeps, also beside a `redis` of createSync; not with `store`. Default 10,000. */
  readonly max?: number;
  /** Gets what the store failed with; the value is computed then. Default: the logger of createSync, before that nobody. */
  readonly onError?: (error: unknown) => void;
}

/** What else a read says. */
export interface CacheGetOptions {
  /** Resources (`goals`) and records (`goals/g1`) that the value is made of. Default the resource that the key begins with. */
  readonly tags?: readonly string[];
}

/** What the cache did since the start. */
export interface CacheStats {
  /** Reads that were answered with a kept value. */
  readonly hits: number;
  /** Reads that computed their value. */
  readonly misses: number;
  /** Reads that waited for a computation that another one had begun. */
  readonly joined: number;
  /** Reads that computed their value without the cache, because the log could not be read. */
  readonly skipped: number;
  /** Computed values that were not kept, because what they were made of changed meanwhile. */
  readonly discarded: number;
  /** The part of all reads that were hits, 0 to 1; 0 before the first. */
  readonly hitRate: number;
  /** How many values are kept; null for a store that does not count. */
  readonly size: number | null;
  /** Entries of the log that it has not read yet; null while it belongs to no installation. */
  readonly lag: number | null;
}

/** The installation that a cache follows. */
export interface CacheInstallation {
  readonly log: ChangeLog;
  /** The names that tags and keys may begin with. */
  readonly resources: readonly string[];
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
  /** Where values lie that were told no other place. Default where they lie already. */
  readonly store?: CacheStore;
}

/** Values that server code computes once. */
export interface ServiceCache {
  /**
   * The value of a key: the kept one, or what `compute` gives.
   *
   * Shape   what JSON keeps of the value, for every caller the same and each its own copy; `undefined` is not kept
   * Units   ttlSeconds seconds
   * Errors  what `compute` throws, which is not kept; BAD_PARAMETER for a key whose first word is no resource, without `tags`
   */
  get<Value>(
    key: string,
    compute: () => Value | Promise<Value>,
    ttlSeconds: number,
    options?: CacheGetOptions,
  ): Promise<Value>;
  /** A key: `cache.key(CachePrefix.GOALS, organizationId, 'list')`. */
  readonly key: typeof cacheKey;
  /** Forgets what is kept under an organization, or under one prefix of it. Errors  STORE_UNAVAILABLE: then it was not forgotten */
  invalidateServiceCache(organizationId: string, prefix?: string): Promise<void>;
  /** Forgets what is kept under tags or prefixes, for changes that are in no log. Errors  STORE_UNAVAILABLE */
  invalidate(...tags: readonly string[]): Promise<void>;
  /** Forgets everything. Errors  STORE_UNAVAILABLE */
  clear(): Promise<void>;
  stats(): CacheStats;
  /** Begins to follow a log; called by createSync. Errors  OPTION_INVALID while it follows another one */
  follow(installation: CacheInstallation): void;
}

/** A computation, and everything that came for the same key while it ran. */
interface Flight {
  /** What was known of the log when it began; null without one. */
  readonly since: LogPosition | null;
  readonly tags: readonly string[];
  readonly byHand: readonly string[];
  /** True after something that it may have read was invalidated by hand. */
  isOld: boolean;
  outcome: Promise<{ readonly text: string | undefined; readonly isHit: boolean }>;
}

/**
 * A cache of what server code computes, as a reader of the log: a save, also one of another node, makes old what is tagged
 * with its resource or record.
 *
 * Invariants, held by createServiceCache.test.ts and serviceCacheLaws.test.ts:
 * - a read that begins after a save of this process was acknowledged never gets a value from before it: it waits until the log
 *   is read up to there, or computes
 * - a value is kept with the place of the log at which its computation began; one that something changed after is never served
 * - one computation per key at a time; who may not have its result waits for its end, and those share the next one
 */
export function createServiceCache(options: ServiceCacheOptions = {}): ServiceCache {
  refuseUnknownOptions('createServiceCache', options, ['store', 'max', 'onError']);
  if (options.store && options.max !== undefined)
    refuseOption('createServiceCache', 'max', 'left out where a store is given', options.max);
  let store = options.store ?? memoryCacheStore(options.max === undefined ? {} : { max: options.max });
  const flights = new Map<string, Flight>();
  const counted = { hits: 0, misses: 0, joined: 0, skipped: 0, discarded: 0 };
  let followed: { readonly reader: TagReader; readonly installation: CacheInstallation } | null = null;

  const isUnchanged = (tags: readonly string[], since: LogPosition | null): boolean =>
    followed === null ? since === null : since !== null && followed.reader.isUnchanged(tags, since);

  function report(error: unknown): void {
    (options.onError ?? followed?.installation.onError)?.(error);
  }

  function tagsOf(prefix: string, given: readonly string[] | undefined): readonly string[] {
    const tags = given ?? [prefix];
    const known = followed?.installation.resources;
    const unknown = tags.find((tag) => known?.includes(tag.split('/')[0] ?? '') === false);
    if (unknown !== undefined)
      throw new SyncError(
        'BAD_PARAMETER',
        `"${unknown.slice(0, 100)}" is no resource, so that no save would make this value old. Begin the key with one, or say in "tags" what the value is made of; [] for what no save changes.`,
      );
    return tags;
  }

  /** In one step up to its place among the flights: nothing is awaited between looking there and this. */
  function begin(
    key: string,
    tags: readonly string[],
    byHand: readonly string[],
    compute: () => unknown,
    ttlMs: number,
  ): Flight {
    const since = followed?.reader.place ?? null;
    const flight: Flight = {
      since,
      tags,
      byHand,
      isOld: false,
      outcome: Promise.resolve({ text: undefined, isHit: false }),
    };
    const run = async (): Promise<Awaited<Flight['outcome']>> => {
      const generations = await look(key, flight);
      if (typeof generations === 'string') return { text: generations, isHit: true };
      counted.misses += 1;
      const text = JSON.stringify(await compute()) as string | undefined;
      if (text === undefined || generations === null) return { text, isHit: false };
      if (flight.isOld || !isUnchanged(tags, since)) counted.discarded += 1;
      else await store.set(key, keptValue({ place: since, generations, text }), ttlMs).catch(report);
      return { text, isHit: false };
    };
    flights.set(key, flight);
    flight.outcome = run().finally(() => flights.delete(key));
    return flight;
  }

  /** The kept text; else the generations to keep a new one under; null while the store does not answer. */
  async function look(key: string, { tags, byHand }: Flight): Promise<string | readonly string[] | null> {
    try {
      const { text, generations } = await store.get(key, byHand);
      const kept = text === null ? null : readKept(text);
      const isRight = kept?.generations.join() === generations.join() && isUnchanged(tags, kept.place);
      return kept && isRight ? kept.text : generations;
    } catch (error) {
      report(error);
      return null;
    }
  }

  async function raise(tags: readonly string[]): Promise<void> {
    await store.raise(tags);
    // Who comes from now on must not be given what was begun before.
    for (const flight of flights.values()) if (flight.byHand.some((tag) => tags.includes(tag))) flight.isOld = true;
  }

  return {
    async get<Value>(
      key: string,
      compute: () => Value | Promise<Value>,
      ttlSeconds: number,
      { tags: given }: CacheGetOptions = {},
    ): Promise<Value> {
      const { prefix, byHand: ofKey } = keyTags(key);
      const tags = tagsOf(prefix, given);
      if (!(ttlSeconds > 0) || !Number.isFinite(ttlSeconds))
        throw new SyncError('BAD_PARAMETER', `A cached value needs a life of more than 0 seconds; ${ttlSeconds} came.`);
      const byHand = [...new Set([...ofKey, ...tags.map(namedTag)])];
      for (;;) {
        if (followed && !(await followed.reader.caughtUp())) {
          counted.skipped += 1;
          return copyOf(JSON.stringify(await compute())) as Value;
        }
        const running = flights.get(key);
        if (running === undefined) {
          const { text, isHit } = await begin(key, tags, byHand, compute, ttlSeconds * 1000).outcome;
          if (isHit) counted.hits += 1;
          return copyOf(text) as Value;
        }
        if (!running.isOld && isUnchanged(tags, running.since)) {
          const { text, isHit } = await running.outcome;
          counted[isHit ? 'hits' : 'joined'] += 1;
          return copyOf(text) as Value;
        }
        // Its result, or its error, is of a time before this read. It is told to those who asked then.
        await running.outcome.catch(() => undefined);
      }
    },
    key: cacheKey,
    invalidateServiceCache: (organizationId, prefix) => raise([organizationTag(organizationId, prefix)]),
    invalidate: (...tags) => raise(tags.map(namedTag)),
    clear: () => raise([everyTag]),
    stats() {
      const { hits, misses, joined, skipped } = counted;
      const all = hits + misses + joined + skipped;
      const { reader, installation } = followed ?? {};
      const lag = reader && installation ? Math.max(0, installation.log.head() - reader.place.seq) : null;
      return { ...counted, hitRate: all === 0 ? 0 : hits / all, size: store.size, lag };
    },
    follow(installation) {
      if (followed && !followed.installation.signal.aborted)
        refuseOption('createSync', 'cache', 'a cache that no other installation uses', 'one that is in use');
      const isToldWhere = options.store !== undefined || options.max !== undefined;
      if (installation.store !== undefined && !isToldWhere) ({ store } = installation);
      followed = { installation, reader: createTagReader(installation) };
    },
  };
}

function copyOf(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
