import { randomUUID } from 'node:crypto';
import { refuseUnknownOptions } from '../../options.ts';
import { redisSender, type RedisClient } from '../../redis/redisSender.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { CacheStore } from './cacheStore.ts';

/** Where in a Redis the cache lies. */
export interface RedisCacheOptions {
  /** A connected client. It stays the integrator's: its time-outs count, and it is never closed here. */
  readonly client: RedisClient;
  /** What every key begins with; another one for each installation that shares the Redis. Default `backoffice-sync:`. */
  readonly keyPrefix?: string;
}

/** Kept longer than any value, and renewed by being missed: a value whose generation is gone is no longer right. */
const generationLifetimeMs = 24 * 60 * 60 * 1000;

/**
 * A cache that several nodes share, in Redis 6 or later, or what speaks its protocol. Only MGET and SET are used, on a
 * Redis that is not a cluster.
 *
 * A generation is a random text under a key of its own, not a counter: a Redis that is short of memory forgets keys, and a
 * counter that began anew would call old values right.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID; STORE_UNAVAILABLE from every call while Redis does not answer
 */
export function redisCacheStore(options: RedisCacheOptions): CacheStore {
  refuseUnknownOptions('redisCacheStore', options, ['client', 'keyPrefix']);
  const { client, keyPrefix = 'backoffice-sync:' } = options;
  const send = redisSender('redisCacheStore', client);
  const valueKey = (key: string): string => `${keyPrefix}value:${key}`;
  const tagKey = (tag: string): string => `${keyPrefix}tag:${tag}`;
  const lifetime = String(generationLifetimeMs);

  async function readAll(keys: readonly string[]): Promise<readonly (string | null)[]> {
    if (keys.length === 0) return [];
    const found = await send(['MGET', ...keys]);
    if (!Array.isArray(found) || found.length !== keys.length)
      throw new SyncError('STORE_UNAVAILABLE', 'Redis answered MGET with something else than a list.');
    return found.map((one: unknown) => (typeof one === 'string' ? one : null));
  }

  return {
    async get(key, tags) {
      const [text = null, ...known] = await readAll([valueKey(key), ...tags.map(tagKey)]);
      if (known.every((one) => one !== null)) return { text, generations: known };
      for (const [index, tag] of tags.entries())
        if (known[index] === null) await send(['SET', tagKey(tag), randomUUID(), 'PX', lifetime, 'NX']);
      // Of two nodes that miss the same generation one sets it; both have to go on with that one. What is gone again by
      // now, or was written by nobody of ours, is a generation that no value has.
      const generations = (await readAll(tags.map(tagKey))).map((one) => one ?? randomUUID());
      return { text: null, generations };
    },
    async set(key, text, ttlMs) {
      await send(['SET', valueKey(key), text, 'PX', String(Math.max(1, Math.round(ttlMs)))]);
    },
    async raise(tags) {
      for (const tag of tags) await send(['SET', tagKey(tag), randomUUID(), 'PX', lifetime]);
    },
    size: null,
  };
}
