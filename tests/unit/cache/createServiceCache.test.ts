import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCachePrefix, createServiceCache, CacheTTL, memoryCacheStore, type ServiceCache } from 'backoffice-sync';
import type { ChangeLog } from '../../../backend/log/changeLog.ts';
import { commitOne, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore, type MemoryStore } from '../../helpers/memoryStore.ts';

const CachePrefix = createCachePrefix(['goals', 'tasks']);

let store: MemoryStore;
let end: AbortController;
let errors: unknown[];
let runs: number;
beforeEach(() => {
  store = memoryStore();
  end = new AbortController();
  errors = [];
  runs = 0;
});
afterEach(() => end.abort());

function following(cache: ServiceCache = createServiceCache(), log: ChangeLog = store.log): ServiceCache {
  const resources = ['goals', 'tasks'];
  cache.follow({ log, resources, signal: end.signal, onError: (error) => void errors.push(error) });
  return cache;
}
const versions = new Map<string, number>();
beforeEach(() => versions.clear());
async function save(resource: string, id: string): Promise<void> {
  const version = versions.get(`${resource}/${id}`) ?? 0;
  await commitOne(store, draftWrite(id, { id }, { resource, expectedVersion: version }));
  versions.set(`${resource}/${id}`, version + 1);
}
/** Gives 1, 2, 3, … each time it is computed. */
const count = (): number => (runs += 1);
/** A computation that the test ends; `began` resolves when it runs. */
function held<Value>() {
  let begin = (): void => {};
  const began = new Promise<void>((resolve) => (begin = resolve));
  let finish: (value: Value) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const ended = new Promise<Value>((resolve, reject) => ([finish, fail] = [resolve, reject]));
  return {
    began,
    finish: (value: Value) => finish(value),
    fail: (error: Error) => fail(error),
    compute: () => (begin(), ended),
  };
}

describe('a cache of computed values', () => {
  it('a value is computed once and kept for as long as it was asked to be', async () => {
    let now = 0;
    const cache = createServiceCache({ store: memoryCacheStore({ now: () => now }) });
    const read = () => cache.get(cache.key(CachePrefix.GOALS, 'org-1', 'list'), count, CacheTTL.SHORT);
    expect([await read(), await read()]).toEqual([1, 1]);
    now = 59_999;
    expect(await read()).toBe(1);
    now = 60_000;
    expect(await read()).toBe(2);
  });

  it('a value stays what it was, whatever a caller does with the one he got', async () => {
    const cache = createServiceCache();
    const read = () => cache.get('goals:o1', () => ({ list: [1], at: new Date(0) as unknown }), 60);
    const first = await read();
    first.list.push(2);
    const second = await read();
    expect([second, await read()]).toEqual([
      { list: [1], at: '1970-01-01T00:00:00.000Z' },
      { list: [1], at: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(first.at).toBe(second.at);
  });

  it('a hundred reads at once compute once', async () => {
    const cache = createServiceCache();
    const work = held<number>();
    const reads = Array.from({ length: 100 }, () => cache.get('goals:o1', () => (count(), work.compute()), 60));
    await work.began;
    work.finish(7);
    expect([new Set(await Promise.all(reads)), runs]).toEqual([new Set([7]), 1]);
    await cache.get('goals:o1', count, 60);
    expect(cache.stats()).toEqual({
      hits: 1, misses: 1, joined: 99, skipped: 0, discarded: 0, hitRate: 1 / 101, size: 1, lag: null,
    }); // prettier-ignore
  });

  it('an error reaches everybody who waited for it, and the next read computes', async () => {
    const cache = createServiceCache();
    const work = held<number>();
    const reads = [1, 2].map(() => cache.get('goals:o1', work.compute, 60));
    await work.began;
    work.fail(new Error('no database'));
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
      ['Error: no database', 'Error: no database'], // prettier-ignore
    );
    expect(await cache.get('goals:o1', count, 60)).toBe(1);
  });

  it('null is kept, and nothing at all is not', async () => {
    const cache = createServiceCache();
    const nothing = () => void count();
    expect([await cache.get('goals:a', nothing, 60), await cache.get('goals:a', nothing, 60), runs]).toEqual([undefined, undefined, 2]); // prettier-ignore
    const none = () => (count(), null);
    expect([await cache.get('goals:b', none, 60), await cache.get('goals:b', none, 60), runs]).toEqual([null, null, 3]);
  });

  it('what is used least goes when there are more than max', async () => {
    const cache = createServiceCache({ max: 2 });
    for (const key of ['goals:a', 'goals:b', 'goals:a', 'goals:c']) await cache.get(key, count, 60);
    expect([await cache.get('goals:a', count, 60), await cache.get('goals:b', count, 60), cache.stats().size]).toEqual([1, 4, 2]); // prettier-ignore
  });

  it('a store that does not answer costs the cache and not the read', async () => {
    const broken = async () => Promise.reject(new Error('no Redis'));
    const cache = createServiceCache({
      store: { get: broken, set: broken, raise: broken, size: null },
      onError: (error) => void errors.push(error),
    });
    expect([await cache.get('goals:o1', count, 60), await cache.get('goals:o1', count, 60)]).toEqual([1, 2]);
    expect(errors.map(String)).toEqual(['Error: no Redis', 'Error: no Redis']);
    await expect(cache.invalidateServiceCache('o1')).rejects.toThrow('no Redis');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a life of %s seconds is refused', async (ttl) => {
    await expect(createServiceCache().get('goals:o1', count, ttl)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
  });
});

describe('invalidating by hand', () => {
  it('takes what is kept of one organization under one prefix, and nothing else', async () => {
    const cache = createServiceCache();
    const { invalidateServiceCache } = cache;
    const keys = [
      cache.key(CachePrefix.GOALS, 'o1', 'list'),
      cache.key(CachePrefix.GOALS, 'o1', 'g1'),
      cache.key(CachePrefix.TASKS, 'o1'),
      cache.key(CachePrefix.GOALS, 'o2', 'list'),
      cache.key(CachePrefix.GOALS, 'o1:list'),
    ];
    const readAll = async () => {
      const before = runs;
      const values: number[] = [];
      for (const key of keys) values.push(await cache.get(key, count, 60));
      return values.map((value) => value > before);
    };
    await readAll();
    await invalidateServiceCache('o1', CachePrefix.GOALS);
    expect(await readAll()).toEqual([true, true, false, false, false]);
    await invalidateServiceCache('o1');
    expect(await readAll()).toEqual([true, true, true, false, false]);
    await cache.invalidate('goals');
    expect(await readAll()).toEqual([true, true, false, true, true]);
    await cache.clear();
    expect(await readAll()).toEqual([true, true, true, true, true]);
  });

  it('a value whose computation began before it is not kept, and not given to who asks after it', async () => {
    const cache = createServiceCache();
    const work = held<string>();
    const before = cache.get('goals:o1', work.compute, 60);
    await work.began;
    await cache.invalidateServiceCache('o1');
    const after = cache.get('goals:o1', () => 'new', 60);
    work.finish('old');
    expect([await before, await after, await cache.get('goals:o1', () => 'later', 60)]).toEqual(['old', 'new', 'new']);
    expect(cache.stats().discarded).toBe(1);
  });
});

describe('a cache that follows the log', () => {
  it('a save makes old what is made of its resource, at once, and leaves the rest', async () => {
    const cache = following();
    const read = async () => [await cache.get('goals:o1', count, 60), await cache.get('tasks:o1', count, 60)];
    expect(await read()).toEqual([1, 2]);
    await save('goals', 'a');
    expect(await read()).toEqual([3, 2]);
    await save('tasks', 'a');
    expect(await read()).toEqual([3, 4]);
    expect(cache.stats().lag).toBe(0);
  });

  it('a save of one record leaves what is made of another one', async () => {
    const cache = following();
    const of = (id: string) => cache.get(`goals:o1:${id}`, count, 60, { tags: [`goals/${id}`] });
    expect([await of('a'), await of('b')]).toEqual([1, 2]);
    await save('goals', 'a');
    expect([await of('a'), await of('b')]).toEqual([3, 2]);
  });

  it('a count of a record makes old what is made of it', async () => {
    const cache = following();
    const read = () => cache.get('goals:o1:a', count, 60, { tags: ['goals/a'] });
    await read();
    await save('goals:counts', 'a');
    expect(await read()).toBe(2);
  });

  it('a record that is one of too many to be remembered counts as changed, and never as unchanged', async () => {
    const cache = following();
    const read = () => cache.get('goals:o1:a', count, 60, { tags: ['goals/a'] });
    await save('goals', 'a');
    await read();
    await save('goals', 'a');
    await store.commit(Array.from({ length: 10_001 }, (_, n) => draftWrite(`b${n}`, {}, { resource: 'goals', expectedVersion: 0 }))); // prettier-ignore
    expect([await read(), await read()]).toEqual([2, 2]);
  });

  it('a value that was computed while a save came in is not kept', async () => {
    const cache = following();
    const work = held<string>();
    const before = cache.get('goals:o1', work.compute, 60);
    await work.began;
    await save('goals', 'a');
    const after = cache.get('goals:o1', () => 'new', 60);
    work.finish('old');
    expect([await before, await after]).toEqual(['old', 'new']);
    expect([await cache.get('goals:o1', count, 60), cache.stats().discarded]).toEqual(['new', 1]);
  });

  it('reads that may not have a running computation share the next one', async () => {
    const cache = following();
    const work = held<number>();
    const before = cache.get('goals:o1', work.compute, 60);
    await work.began;
    await save('goals', 'a');
    const after = Array.from({ length: 20 }, () => cache.get('goals:o1', count, 60));
    work.fail(new Error('the old one failed'));
    await expect(before).rejects.toThrow('the old one failed');
    expect([new Set(await Promise.all(after)), runs]).toEqual([new Set([1]), 1]);
  });

  it('a value that another node stored is right on this one, until this one knows of a change', async () => {
    const shared = memoryCacheStore();
    const [one, two] = [
      following(createServiceCache({ store: shared })),
      following(createServiceCache({ store: shared })),
    ];
    await one.get('goals:o1', () => 'from one', 60);
    expect(await two.get('goals:o1', () => 'from two', 60)).toBe('from one');
    await save('goals', 'a');
    expect(await two.get('goals:o1', () => 'new from two', 60)).toBe('new from two');
    expect(await one.get('goals:o1', () => 'new from one', 60)).toBe('new from two');
  });

  it('nothing is right that was kept before it began to follow, or before a log that was replaced', async () => {
    const cache = createServiceCache();
    await cache.get('goals:o1', count, 60);
    following(cache);
    expect([await cache.get('goals:o1', count, 60), await cache.get('goals:o1', count, 60)]).toEqual([2, 2]);
    end.abort();
    end = new AbortController();
    store = memoryStore();
    following(cache);
    expect(await cache.get('goals:o1', count, 60)).toBe(3);
  });

  it('nothing is right after a gap in the log', async () => {
    let isHeld = true;
    let goOn = (): void => {};
    const log: ChangeLog = {
      ...store.log,
      async read(after, limit) {
        if (isHeld && after > 0) await new Promise<void>((resolve) => (goOn = resolve));
        return store.log.read(after, limit);
      },
    };
    await save('tasks', 'a');
    const cache = following(createServiceCache(), log);
    expect(await cache.get('tasks:o1', count, 60)).toBe(1);
    // The reader waits in the log while what it has not read is forgotten.
    await save('tasks', 'a');
    await save('tasks', 'a');
    store.forgetUntil(2);
    isHeld = false;
    goOn();
    expect(await cache.get('tasks:o1', count, 60)).toBe(2);
    expect([await cache.get('tasks:o1', count, 60), await cache.get('tasks:o1', count, 60)]).toEqual([3, 3]);
  });

  it('a node that begins later does not take what was stored before a save that it never read', async () => {
    const shared = memoryCacheStore();
    await following(createServiceCache({ store: shared })).get('goals:o1', () => 'old', 60);
    await save('goals', 'a');
    const later = following(createServiceCache({ store: shared }));
    expect(await later.get('goals:o1', () => 'new', 60)).toBe('new');
  });

  it('while the log cannot be read after a save, reads compute; those of what did not change do not', async () => {
    let isFailing = false;
    const log: ChangeLog = {
      ...store.log,
      read: async (after, limit) => (isFailing ? Promise.reject(new Error('no disk')) : store.log.read(after, limit)),
    };
    const cache = following(createServiceCache(), log);
    expect([await cache.get('goals:o1', count, 60), await cache.get('goals:o1', count, 60)]).toEqual([1, 1]);
    isFailing = true;
    expect(await cache.get('goals:o1', count, 60)).toBe(1);
    await save('goals', 'a');
    expect([await cache.get('goals:o1', count, 60), await cache.get('goals:o1', count, 60)]).toEqual([2, 3]);
    expect([errors.map(String), cache.stats().skipped]).toEqual([['Error: no disk'], 2]);
  });

  it('after the installation is closed every read computes', async () => {
    const cache = following();
    await cache.get('goals:o1', count, 60);
    end.abort();
    expect([await cache.get('goals:o1', count, 60), await cache.get('goals:o1', count, 60)]).toEqual([2, 3]);
  });

  it('a key that no save would make old is refused, unless it says that none does', async () => {
    const cache = following();
    await expect(cache.get('golas:o1', count, 60)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
    await expect(cache.get('goals:o1', count, 60, { tags: ['golas/a'] })).rejects.toMatchObject({ code: 'BAD_PARAMETER' }); // prettier-ignore
    expect([await cache.get('weather:o1', count, 60, { tags: [] }), await cache.get('weather:o1', count, 60, { tags: [] })]).toEqual([1, 1]); // prettier-ignore
  });

  it('a cache belongs to one installation at a time', () => {
    const cache = following();
    expect(() => following(cache)).toThrow('no other installation');
  });
});

it('a prefix has the name of its resource, in capitals', () => {
  const prefixes = createCachePrefix(['goals', 'key_results', 'job-postings']);
  const name: 'job-postings' = prefixes.JOB_POSTINGS;
  expect([prefixes, name]).toEqual([
    { GOALS: 'goals', KEY_RESULTS: 'key_results', JOB_POSTINGS: 'job-postings' },
    'job-postings',
  ]);
  // @ts-expect-error: there is no such resource.
  expect(prefixes.GOLAS).toBeUndefined();
  expect(() => createCachePrefix(['a-b', 'a_b'])).toThrow('are both A_B');
});
