import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheStore } from 'backoffice-sync';

/** A store to judge: two nodes on it, where it is shared, and how time passes and memory runs out. */
export interface CacheStoreSubject {
  readonly one: CacheStore;
  /** The same store as another node has it; for a store of one process the same object. */
  readonly two: CacheStore;
  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): Promise<void>;
  /** Forgets every generation, as a store does that is short of memory. */
  forgetGenerations(): Promise<void>;
  destroy(): Promise<void>;
}

/** What every CacheStore promises. */
export function cacheStoreContract(name: string, create: () => Promise<CacheStoreSubject>): void {
  describe(`the cache store contract: ${name}`, () => {
    let subject: CacheStoreSubject;
    beforeEach(async () => {
      subject = await create();
    });
    afterEach(() => subject.destroy());
    const text = async (store: CacheStore, key: string): Promise<string | null> => {
      await store.get(key, ['t']);
      return (await store.get(key, ['t'])).text;
    };

    it('a text is read as it was stored, by every node', async () => {
      const { one, two } = subject;
      const odd = `é 你 \u{1f600} "\\u0000" \r\n${'x'.repeat(100_000)}`;
      await one.set('a b:ç', odd, 60_000);
      expect([await text(one, 'a b:ç'), await text(two, 'a b:ç'), await text(two, 'other')]).toEqual([odd, odd, null]);
    });

    it('a later text takes the place of an earlier one', async () => {
      const { one, two } = subject;
      await one.set('a', '1', 60_000);
      await two.set('a', '2', 60_000);
      expect(await text(one, 'a')).toBe('2');
    });

    it('a text is gone after its time and not before', async () => {
      const { one, pass } = subject;
      await one.set('short', '1', 40_000);
      await one.set('long', '1', 60_000);
      expect(await text(one, 'short')).toBe('1');
      await pass(45_000);
      expect([await text(one, 'short'), await text(one, 'long')]).toEqual([null, '1']);
    });

    it('a generation stays until it is raised, and is the same for every node', async () => {
      const { one, two } = subject;
      const first = (await one.get('a', ['x', 'y'])).generations;
      expect(first[0]).not.toBe(first[1]);
      expect((await two.get('b', ['y', 'x'])).generations).toEqual([first[1], first[0]]);
      await two.raise(['x']);
      const raised = (await one.get('a', ['x', 'y'])).generations;
      expect([raised[0] === first[0], raised[1] === first[1]]).toEqual([false, true]);
      expect((await two.get('a', ['x', 'y'])).generations).toEqual(raised);
    });

    it('nodes that meet a new tag at the same moment agree on its generation', async () => {
      const { one, two } = subject;
      for (let round = 0; round < 50; round += 1) {
        const found = await Promise.all([one, two, one, two].map((store) => store.get('a', [`tag ${round}`])));
        const later = (await one.get('a', [`tag ${round}`])).generations[0];
        expect(new Set(found.map(({ generations }) => generations[0]))).toEqual(new Set([later]));
      }
    });

    it('a generation that was forgotten never comes again, raised or not', async () => {
      const { one, two } = subject;
      const seen = new Set<string | undefined>();
      for (let round = 0; round < 20; round += 1) {
        seen.add((await one.get('a', ['x'])).generations[0]);
        if (round % 2 === 0) await two.raise(['x']);
        await subject.forgetGenerations();
      }
      expect(seen.size).toBe(20);
    });

    it('raising no tag, or one that nobody met, is no error', async () => {
      await subject.one.raise([]);
      await subject.one.raise(['never']);
      expect((await subject.one.get('a', [])).generations).toEqual([]);
    });
  });
}
