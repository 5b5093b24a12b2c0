import { MemoryStore, type Options, type Store } from 'express-rate-limit';
import type { Logger } from '../logger.ts';
import { redisSender, type RedisClient } from './redisSender.ts';
import { sharedCounts, type SharedCounts } from './sharedCounts.ts';

/** A Redis that the nodes of one installation share. */
export interface RedisOptions {
  /** A connected client of ioredis or node-redis. It stays the integrator's and is never closed here. */
  readonly client: RedisClient;
  /** What every key begins with; another one for each installation that shares the Redis. Default `backoffice-sync:`. */
  readonly keyPrefix?: string;
}

/** Where the limits of an installation count: in Redis where there is one, else in the memory of each node. */
export interface LimitStores {
  /** The counts of one limit, whose name is never used twice. Units   windowMs milliseconds */
  create(name: string, windowMs: number): Store;
  /** How Redis is; null where there is none. */
  stats(): ReturnType<SharedCounts['stats']> | null;
}

/** What every key of an installation begins with, unless it says otherwise. */
const defaultKeyPrefix = 'backoffice-sync:';

/**
 * Makes the counts of limits.
 *
 * A limit is never a reason to refuse what it does not mean: while Redis is away each node counts by itself. It counts beside
 * Redis at all times, so that nobody begins anew in that moment.
 *
 * Errors  OPTION_INVALID for a client of another shape
 */
export function limitStores({
  redis,
  logger,
}: {
  readonly redis: RedisOptions | undefined;
  readonly logger: Logger;
}): LimitStores {
  if (redis === undefined) return { create: (_name, windowMs) => localStore(windowMs), stats: () => null };
  const { client, keyPrefix = defaultKeyPrefix } = redis;
  const counts = sharedCounts({
    send: redisSender('createSync: "redis"', client),
    keyPrefix: `${keyPrefix}limit:`,
    logger,
  });
  return {
    create: (name, windowMs) => sharedStore({ counts, name, windowMs, local: localStore(windowMs) }),
    stats: () => counts.stats(),
  };
}

function localStore(windowMs: number): MemoryStore {
  const store = new MemoryStore();
  // It reads nothing else of the options, and who counts without a route has no others.
  store.init({ windowMs } as Options);
  return store;
}

function sharedStore(options: {
  readonly counts: SharedCounts;
  readonly name: string;
  readonly windowMs: number;
  readonly local: MemoryStore;
}): Store {
  const { counts, name, windowMs, local } = options;
  const keyOf = (key: string): string => `${name}:${key}`;
  return {
    // Tells this limit from the others of a request, which may count the same client.
    prefix: `${name}:`,
    async increment(key) {
      const here = await local.increment(key);
      const shared = await counts.hit(keyOf(key), windowMs);
      return shared === null ? here : { totalHits: shared.hits, resetTime: new Date(Date.now() + shared.leftMs) };
    },
    async decrement(key) {
      await local.decrement(key);
      await counts.undo(keyOf(key));
    },
    async resetKey(key) {
      await local.resetKey(key);
      await counts.forget(keyOf(key));
    },
    shutdown: () => local.shutdown(),
  };
}
