import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChangeLog } from '../../../backend/log/changeLog.ts';
import type { CacheStore } from '../../../backend/readers/cache/cacheStore.ts';
import { createServiceCache, type ServiceCache } from '../../../backend/readers/cache/createServiceCache.ts';
import { memoryCacheStore } from '../../../backend/readers/cache/memoryCacheStore.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore, type MemoryStore } from '../../helpers/memoryStore.ts';

/** The moments at which something else may happen first. */
type Pause = () => Promise<void>;

const records = ['goals/a', 'goals/b', 'tasks/a'] as const;
/** What each key is made of. */
const keys = {
  'goals:o1:all': { tags: ['goals'], reads: ['goals/a', 'goals/b'] },
  'goals:o1:a': { tags: ['goals/a'], reads: ['goals/a'] },
  'goals:o2:b and task': { tags: ['goals/b', 'tasks'], reads: ['goals/b', 'tasks/a'] },
} as const;
type Key = keyof typeof keys;
const keyNames = Object.keys(keys) as Key[];

/** A log as one node of several knows it: what others wrote only after it read it. */
function logOfNode(log: ChangeLog, pause: Pause, isFailing: () => boolean): ChangeLog & { note(seq: number): void } {
  let head = log.head();
  const listeners = new Set<() => void>();
  return {
    ...log,
    head: () => head,
    async read(after, limit) {
      await pause();
      if (isFailing()) throw new Error('The log cannot be read.');
      const page = await log.read(after, limit);
      head = Math.max(head, page.head);
      await pause();
      return page;
    },
    onAppend(listener) {
      listeners.add(listener);
      const stop = log.onAppend(listener);
      return () => (stop(), listeners.delete(listener));
    },
    note(seq) {
      head = Math.max(head, seq);
      for (const listener of listeners) listener();
    },
  };
}

class Node {
  readonly cache: ServiceCache;
  /** The versions that were acknowledged to somebody here, or by hand invalidated here. */
  readonly acknowledged = new Map<string, number>();
  readonly #log: ReturnType<typeof logOfNode>;
  readonly #store: MemoryStore;
  readonly #pause: Pause;

  constructor(store: MemoryStore, cache: ServiceCache, pause: Pause, signal: AbortSignal, isFailing: () => boolean) {
    this.#store = store;
    this.#pause = pause;
    this.cache = cache;
    this.#log = logOfNode(store.log, pause, isFailing);
    cache.follow({ log: this.#log, resources: ['goals', 'tasks'], signal, onError: () => undefined });
  }

  async save(record: string): Promise<void> {
    const [resource = '', id = ''] = record.split('/');
    await this.#pause();
    const version = (await this.#store.load(resource, id))?.version ?? 0;
    const [outcome] = await this.#store.commit([draftWrite(id, { id }, { resource, expectedVersion: version })]);
    if (outcome?.status !== 'committed') return;
    this.#log.note(outcome.entry.seq);
    await this.#pause();
    this.acknowledged.set(record, Math.max(this.acknowledged.get(record) ?? 0, version + 1));
  }

  /** Null when all is well; else what was older than what its reader knew. */
  async get(key: Key): Promise<string | null> {
    const known = new Map(this.acknowledged);
    const value = await this.cache.get(
      key,
      async () => {
        await this.#pause();
        const seen: Record<string, number> = {};
        for (const record of keys[key].reads) {
          const [resource = '', id = ''] = record.split('/');
          seen[record] = (await this.#store.load(resource, id))?.version ?? 0;
        }
        await this.#pause();
        return seen;
      },
      60,
      { tags: keys[key].tags },
    );
    const old = keys[key].reads.find((record) => (value[record] ?? 0) < (known.get(record) ?? 0));
    return old === undefined ? null : `${key} shows ${old} ${value[old]}, known was ${known.get(old)}`;
  }
}

const step = fc.record({
  node: fc.nat({ max: 1 }),
  act: fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('get' as const), key: fc.constantFrom(...keyNames) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('save' as const), record: fc.constantFrom(...records) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('fail' as const), isFailing: fc.constantFrom(true, false, false) }),
    },
  ),
  /** False: the next step begins while this one runs. */
  isAwaited: fc.boolean(),
});

/** Lets whoever pauses go on one at a time, in an order that a number decides. */
function createOrder(seed: number): { pause: Pause; runUntil(work: Promise<unknown>): Promise<void> } {
  const waiting: (() => void)[] = [];
  let state = seed;
  // A linear congruential generator; its higher bits are random enough for an order.
  const next = (below: number): number => ((state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) >> 12) % below;
  return {
    pause: () => new Promise((resolve) => void waiting.push(resolve)),
    async runUntil(work) {
      let isDone = false;
      const done = work.finally(() => (isDone = true));
      done.catch(() => undefined);
      while (!isDone) {
        await new Promise((resolve) => setImmediate(resolve));
        waiting.splice(next(Math.max(1, waiting.length)), 1)[0]?.();
      }
      await done;
    },
  };
}

/** A store that takes its time, as one over a network does. */
function slow(store: CacheStore, pause: Pause): CacheStore {
  return {
    async get(key, tags) {
      await pause();
      const found = await store.get(key, tags);
      await pause();
      return found;
    },
    async set(key, text, ttlMs) {
      await pause();
      await store.set(key, text, ttlMs);
    },
    raise: (tags) => store.raise(tags),
    size: null,
  };
}

it('a read after an acknowledged save never gets an older value, however saves, reads, two nodes and a failing log interleave', async () => {
  let [hits, joined, discarded] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(step, { maxLength: 24 }), async (seed, steps) => {
      const { pause, runUntil } = createOrder(seed);
      const store = memoryStore();
      const shared = slow(memoryCacheStore({ max: 10 }), pause);
      const end = new AbortController();
      let isFailing = false;
      const nodes = [0, 1].map(
        () => new Node(store, createServiceCache({ store: shared }), pause, end.signal, () => isFailing),
      );
      const wrong: (string | null)[] = [];
      const running: Promise<void>[] = [];
      const all = async (): Promise<void> => {
        for (const { node: index, act, isAwaited } of steps) {
          const node = nodes[index] as Node;
          if (act.kind === 'fail') {
            isFailing = act.isFailing;
            continue;
          }
          const work =
            act.kind === 'save' ? node.save(act.record) : node.get(act.key).then((one) => void wrong.push(one));
          running.push(work);
          if (isAwaited) await work;
        }
        await Promise.all(running);
      };
      await runUntil(all());
      end.abort();
      for (const { cache } of nodes) {
        const stats = cache.stats();
        [hits, joined, discarded] = [hits + stats.hits, joined + stats.joined, discarded + stats.discarded];
      }
      expect(wrong.filter((one) => one !== null)).toEqual([]);
    }),
    { numRuns: 1_500 },
  );
  // Not by computing everything anew.
  expect(Math.min(hits, joined, discarded)).toBeGreaterThan(100);
}, 60_000);
