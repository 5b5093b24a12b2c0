import { expect, it } from 'vitest';
import { memoryCacheStore } from 'backoffice-sync';
import { cacheStoreContract } from './cacheStoreContract.ts';

cacheStoreContract('memory', async () => {
  let now = 0;
  const store = memoryCacheStore({ now: () => now, maxTags: 100 });
  return {
    one: store,
    two: store,
    pass: async (milliseconds) => void (now += milliseconds),
    // As many tags as are remembered push out all others.
    async forgetGenerations() {
      await store.get(
        'a',
        Array.from({ length: 100 }, (_, n) => `other ${n}`),
      );
    },
    destroy: async () => undefined,
  };
});

it('texts are bounded by their size together', async () => {
  const store = memoryCacheStore({ maxCharacters: 1_000 });
  for (const key of ['a', 'b', 'c']) await store.set(key, 'x'.repeat(400), 60_000);
  await store.set('a much too large one', 'x'.repeat(2_000), 60_000);
  const found = await Promise.all(['a', 'b', 'c', 'a much too large one'].map((key) => store.get(key, [])));
  expect(found.map(({ text }) => text?.length ?? 0)).toEqual([0, 400, 400, 0]);
});

it('a text that has become too large leaves nothing older behind', async () => {
  const store = memoryCacheStore({ maxCharacters: 1_000 });
  await store.set('a', 'small', 60_000);
  await store.set('a', 'x'.repeat(2_000), 60_000);
  expect((await store.get('a', [])).text).toBeNull();
});
