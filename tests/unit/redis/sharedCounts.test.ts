import { expect, it } from 'vitest';
import { limitStores } from '../../../backend/redis/limitStores.ts';
import { sharedCounts } from '../../../backend/redis/sharedCounts.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

/** A Redis whose answers a test decides, and what was said of it. */
function openCounts() {
  const lines: string[] = [];
  const asked: string[] = [];
  const keep = (_fields: object, message: string) => void lines.push(message);
  const state = { answer: async (): Promise<unknown> => [1, 1_000], time: 0 };
  const counts = sharedCounts({
    send: async (words) => {
      asked.push(words.join(' '));
      return state.answer();
    },
    keyPrefix: 'p:',
    logger: { debug: keep, info: keep, warn: keep, error: keep },
    now: () => state.time,
  });
  return { counts, lines, asked, state };
}

it('a Redis that refuses is left alone for a second, and said to be away once', async () => {
  const { counts, lines, asked, state } = openCounts();
  state.answer = () => Promise.reject(new Error('refused'));
  expect(await Promise.all([counts.hit('a', 1_000), counts.hit('b', 1_000)])).toEqual([null, null]);
  expect(await counts.hit('a', 1_000)).toBe(null);
  expect(asked).toHaveLength(2);
  expect(lines).toEqual([expect.stringContaining('each node counts its limits by itself')]);
  expect(counts.stats()).toEqual({ isReached: false, misses: 3 });
});

it('a Redis that comes back is used again, after one look that nobody waits for', async () => {
  const { counts, lines, asked, state } = openCounts();
  state.answer = () => Promise.reject(new Error('refused'));
  await counts.hit('a', 1_000);
  state.time = 1_000;
  state.answer = async () => [1, 1_000];
  expect(await counts.hit('a', 1_000)).toBe(null);
  expect(asked.at(-1)).toContain('p:probe');
  await waitUntil('Redis is used again', () => counts.stats().isReached);
  expect(await counts.hit('a', 1_000)).toEqual({ hits: 1, leftMs: 1_000 });
  expect(lines).toHaveLength(2);
});

it('an answer that never comes costs the first one a moment and the others nothing', async () => {
  const { counts, asked, state } = openCounts();
  state.answer = () => new Promise(() => undefined);
  expect(await counts.hit('a', 1_000)).toBe(null);
  for (let more = 0; more < 100; more += 1) expect(await counts.hit('a', 1_000)).toBe(null);
  expect(asked).toHaveLength(1);
});

it('a key that holds something else is counted by each node, and nothing else is', async () => {
  const { counts, lines, state } = openCounts();
  state.answer = () =>
    Promise.reject(
      new Error('Redis refused EVAL', { cause: new Error('WRONGTYPE Operation against a key script: x') }),
    );
  expect(await counts.hit('odd', 1_000)).toBe(null);
  state.answer = async () => [1, 1_000];
  expect(await counts.hit('a', 1_000)).toEqual({ hits: 1, leftMs: 1_000 });
  expect(lines).toEqual([]);
});

it('nonsense is no count', async () => {
  const { counts, state } = openCounts();
  for (const odd of ['OK', null, [], ['x', 'y'], [0, 5], [1]]) {
    state.answer = async () => odd;
    expect(await counts.hit('a', 1_000)).toBe(null);
  }
});

it('while Redis is away a node goes on from what it saw itself, so that an outage gives nobody a new allowance', async () => {
  let isAway = false;
  let hits = 10;
  const client = { sendCommand: async () => (isAway ? Promise.reject(new Error('away')) : [(hits += 1), 60_000]) };
  const keep = () => undefined;
  const store = limitStores({ redis: { client }, logger: { debug: keep, info: keep, warn: keep, error: keep } }).create('a', 60_000); // prettier-ignore
  expect((await store.increment('ada')).totalHits).toBe(11);
  expect((await store.increment('ada')).totalHits).toBe(12);
  isAway = true;
  expect((await store.increment('ada')).totalHits).toBe(3);
  await store.shutdown?.();
});
