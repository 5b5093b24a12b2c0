import { afterAll, describe, expect, it } from 'vitest';
import {
  createServiceCache,
  redisCacheStore,
  type CacheStore,
  type RedisClient,
  type ServiceCache,
} from 'backoffice-sync';
import { startRedis, type RedisConnection } from '../../helpers/startRedis.ts';
import { startSync, testResources } from '../../helpers/startSync.ts';
import { cacheStoreContract } from '../../unit/cache/cacheStoreContract.ts';

const redis = await startRedis();
const title = typeof redis === 'string' ? `a cache in Redis (skipped: ${redis})` : `a cache in ${redis.version}`;

it('is opened with a client, and with nothing else', () => {
  expect(() => redisCacheStore({ client: {} as never })).toThrow('a client of ioredis or node-redis');
  expect(() => redisCacheStore({ client: { sendCommand: async () => null }, prefix: 'a' } as never)).toThrow(
    '"prefix"',
  );
});

it('says that the store is not there when Redis refuses or answers nonsense', async () => {
  const refusing = redisCacheStore({ client: { sendCommand: async () => Promise.reject(new Error('READONLY')) } });
  await expect(refusing.raise(['a'])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const odd = redisCacheStore({ client: { sendCommand: async () => 'OK' } });
  await expect(odd.get('a', ['b'])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

describe.skipIf(typeof redis === 'string')(title, () => {
  if (typeof redis === 'string') return;
  afterAll(() => redis.stop());
  let spaces = 0;

  /** The two shapes of clients. */
  const shapes: Record<string, (connection: RedisConnection) => RedisClient> = {
    ioredis: ({ send }) => ({
      call: (command, ...rest) => send([command, ...rest]),
      // What ioredis calls so takes a command of its own.
      sendCommand: () => Promise.reject(new Error('not a command')),
    }),
    'node-redis': ({ send }) => ({ sendCommand: (words) => send(words) }),
  };

  for (const [name, shape] of Object.entries(shapes))
    cacheStoreContract(`redis by a client like ${name}`, async () => {
      const connections = [await redis.open(), await redis.open()] as const;
      const keyPrefix = `test-${process.pid}-${(spaces += 1)}:`;
      const [one, two] = connections.map((connection) => redisCacheStore({ client: shape(connection), keyPrefix })) as [CacheStore, CacheStore]; // prettier-ignore
      return {
        one,
        two,
        // Redis has a clock of its own; its keys are made to end that much earlier.
        async pass(milliseconds) {
          for (const key of (await connections[0].send(['KEYS', `${keyPrefix}*`])) as string[]) {
            const left = Number(await connections[0].send(['PTTL', key]));
            await connections[0].send(['PEXPIRE', key, String(left - milliseconds)]);
          }
        },
        async forgetGenerations() {
          for (const key of (await connections[0].send(['KEYS', `${keyPrefix}tag:*`])) as string[])
            await connections[0].send(['DEL', key]);
        },
        async destroy() {
          for (const key of (await connections[0].send(['KEYS', `${keyPrefix}*`])) as string[])
            await connections[0].send(['DEL', key]);
          connections.forEach((connection) => connection.close());
        },
      };
    });

  const openCache = async (keyPrefix: string): Promise<{ cache: ServiceCache; connection: RedisConnection }> => {
    const connection = await redis.open();
    const cache = createServiceCache({ store: redisCacheStore({ client: shapes['node-redis']?.(connection) as RedisClient, keyPrefix }) }); // prettier-ignore
    return { cache, connection };
  };

  it('two nodes share what was computed, and what one invalidates is gone for both', async () => {
    const keyPrefix = `test-${process.pid}-${(spaces += 1)}:`;
    const [one, two] = [await openCache(keyPrefix), await openCache(keyPrefix)];
    let runs = 0;
    const read = ({ cache }: typeof one) => cache.get('goals:o1', () => (runs += 1), 60);
    expect([await read(one), await read(two)]).toEqual([1, 1]);
    await one.cache.invalidateServiceCache('o1', 'goals');
    expect([await read(two), await read(one)]).toEqual([2, 2]);
    expect(two.cache.stats()).toMatchObject({ hits: 1, misses: 1, size: null });
    [one, two].forEach(({ connection }) => connection.close());
  });

  it('what was stored for another log is not right, and a text of somebody else is none', async () => {
    const keyPrefix = `test-${process.pid}-${(spaces += 1)}:`;
    const { cache, connection } = await openCache(keyPrefix);
    const before = await openCache(keyPrefix);
    await before.cache.get('team:o1', () => 'before', 60);
    const started = await startSync({ resources: testResources, cache });
    expect(await cache.get('team:o1', () => 'now', 60)).toBe('now');
    expect(await cache.get('team:o1', () => 'later', 60)).toBe('now');
    for (const odd of ['', 'odd', 'a b\n"c"', ' \n"c"']) {
      await connection.send(['SET', `${keyPrefix}value:team:o1`, odd]);
      expect(await cache.get('team:o1', () => 'again', 60)).toBe('again');
    }
    await started.stop();
    [connection, before.connection].forEach((one) => one.close());
  });

  it('a Redis that goes away costs the cache and not the read', async () => {
    const { cache, connection } = await openCache(`test-${process.pid}-${(spaces += 1)}:`);
    await cache.get('team:o1', () => 1, 60);
    connection.close();
    expect(await cache.get('team:o1', () => 2, 60)).toBe(2);
    await expect(cache.clear()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
