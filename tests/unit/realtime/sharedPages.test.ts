import { followContract, logContract } from 'backoffice-sync/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogPage } from '../../../backend/log/changeLog.ts';
import { createSharedPages } from '../../../backend/readers/realtime/sharedPages.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore, type MemoryStore } from '../../helpers/memoryStore.ts';

async function create() {
  const store = memoryStore();
  return { store: Object.assign(store, { log: createSharedPages(store.log) }), destroy: async () => {} };
}
for (const contract of [logContract, followContract])
  contract({ describe, it, expect, beforeEach, afterEach }, { name: 'memory, read in shared pages', create });

async function filled(count: number): Promise<MemoryStore> {
  const store = memoryStore();
  await save(store, 0, count);
  return store;
}
const save = (store: MemoryStore, from: number, count: number) =>
  store.commit(Array.from({ length: count }, (_, n) => draftWrite(`r${from + n}`, { n }, { expectedVersion: 0 })));
/** One entry first, then as many as are not too long by those before: reads of the log for one page. */
const readsOfPage = 4;
const seqs = ({ entries }: LogPage): readonly number[] => entries.map(({ seq }) => seq);

describe('shared pages of the log', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('give many readers the very same entries, and ask the log once per page', async () => {
    const store = await filled(1_000);
    const read = vi.spyOn(store.log, 'read');
    const log = createSharedPages(store.log);
    const pages = await Promise.all([0, 0, 0, 100].map((after) => log.read(after)));
    expect(read).toHaveBeenCalledTimes(readsOfPage);
    expect(pages.map((page) => page.entries[0]?.seq)).toEqual([1, 1, 1, 101]);
    expect(pages[1]?.entries[200]).toBe(pages[0]?.entries[200]);
    expect((await log.read(255)).entries[0]).toBe(pages[0]?.entries[255]);
    expect(read).toHaveBeenCalledTimes(readsOfPage);
  });

  it('continue every reader without a gap or a repeat, wherever it is, while entries come and old ones go', async () => {
    const step = fc.record({ after: fc.nat(1_200), saved: fc.nat(300), forgotten: fc.nat(200) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const store = await filled(600);
        const log = createSharedPages(store.log);
        let total = 600;
        let floor = 0;
        for (const { after, saved, forgotten } of steps) {
          const from = Math.min(Math.max(after, floor), store.log.head());
          const [shared, , own] = await Promise.all([log.read(from), log.read(from), store.log.read(from)]);
          // As many as there are up to the end of its page, none left out; nothing that the log does not have.
          const [got, all] = [seqs(shared), seqs(own)];
          expect(got).toEqual(all.slice(0, got.length));
          expect(got.length > 0 || all.length === 0).toBe(true);
          expect(shared.head).toBe(store.log.head());
          await save(store, total, saved);
          total += saved;
          floor = Math.min(store.log.head(), floor + forgotten);
          store.forgetUntil(floor);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('tell a reader that is further behind than the log goes back so, as the log does', async () => {
    const store = await filled(1_000);
    store.forgetUntil(300);
    expect((await createSharedPages(store.log).read(10)).floor).toBe(300);
  });

  it('do not hand on a page that could not be read', async () => {
    const store = await filled(1_000);
    const log = createSharedPages(store.log);
    vi.spyOn(store.log, 'read').mockRejectedValueOnce(new Error('The store is away.'));
    const [first, second] = await Promise.allSettled([log.read(0), log.read(0)]);
    expect(first.status).toBe('rejected');
    expect(second.status).toBe('fulfilled');
    const read = vi.spyOn(store.log, 'read').mockClear();
    expect((await Promise.all([log.read(0), log.read(0)])).map((page) => seqs(page).length)).toEqual([256, 256]);
    expect(read).toHaveBeenCalledTimes(readsOfPage);
  });

  it('are read anew by whoever comes while one is read that is not whole: more may have been saved', async () => {
    const store = await filled(100);
    const log = createSharedPages(store.log);
    // A log whose places were skipped, as after a crash: far from its end, and yet nearly read.
    vi.spyOn(store.log, 'head').mockReturnValue(1_000_000);
    const read = store.log.read.bind(store.log);
    let [atEnd, goOn] = [() => {}, () => {}];
    const ended = new Promise<void>((resolve) => (atEnd = resolve));
    const saved = new Promise<void>((resolve) => (goOn = resolve));
    vi.spyOn(store.log, 'read').mockImplementation(async (after, limit = 256) => {
      const page = await read(after, limit);
      if (page.entries.length === limit) return page;
      atEnd();
      await saved;
      return page;
    });
    const reading = [log.read(0), log.read(0)];
    await ended;
    await save(store, 100, 50);
    goOn();
    expect((await Promise.all(reading)).map((page) => seqs(page).length)).toEqual([100, 150]);
  });

  it('are short where entries are long, down to a single one, and every reader gets all of them in order', async () => {
    for (const [length, most] of [[100_000, 24], [400_000, 8]] as const) {
      const store = memoryStore();
      const text = 'x'.repeat(length);
      await store.commit(Array.from({ length: 300 }, (_, n) => draftWrite(`r${n}`, { n, text }, { expectedVersion: 0 })));
      const log = createSharedPages(store.log);
      const reader = async (from: number): Promise<void> => {
        let at = from;
        while (at < 300) {
          const page = seqs(await log.read(at));
          expect(page.length).toBeLessThanOrEqual(most);
          expect(page).toEqual(Array.from({ length: page.length }, (_, n) => at + 1 + n));
          at = page.at(-1) ?? Number.NaN;
        }
      };
      await Promise.all([0, 0, 3, 100, 250, 290].map(reader));
      expect(seqs(await log.read(20))).toHaveLength(length === 100_000 ? 4 : 1);
      expect((await log.read(296)).entries.length).toBeLessThanOrEqual(4);
    }
  }); // prettier-ignore

  it('of eight entries are shared where more are too long', async () => {
    const store = memoryStore();
    const text = 'x'.repeat(100_000);
    await store.commit(Array.from({ length: 300 }, (_, n) => draftWrite(`r${n}`, { n, text }, { expectedVersion: 0 })));
    const log = createSharedPages(store.log);
    await log.read(0);
    const read = vi.spyOn(store.log, 'read');
    const pages = await Promise.all([16, 18, 16].map((after) => log.read(after)));
    expect(pages.map(seqs)).toEqual([[17, 18, 19, 20, 21, 22, 23, 24], [19, 20, 21, 22, 23, 24], [17, 18, 19, 20, 21, 22, 23, 24]]); // prettier-ignore
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('begin with a single entry, whose length nobody knows, and hold no more than a page may where later ones are longer', async () => {
    const store = memoryStore();
    const textOf = (n: number) => 'x'.repeat(n < 8 ? 10 : 500_000);
    await store.commit(
      Array.from({ length: 80 }, (_, n) => draftWrite(`r${n}`, { n, text: textOf(n) }, { expectedVersion: 0 })),
    );
    const read = vi.spyOn(store.log, 'read');
    const page = await createSharedPages(store.log).read(0);
    expect(read.mock.calls).toEqual([[0, 1], [1, 7], [8, 56]]);
    // The eight short ones, and of the long ones as many as fit.
    expect(seqs(page)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  }); // prettier-ignore

  it('are asked anew of another log: what was too long in the one before says nothing about it', async () => {
    const store = memoryStore();
    const text = 'x'.repeat(100_000);
    await store.commit(Array.from({ length: 600 }, (_, n) => draftWrite(`r${n}`, { n, text }, { expectedVersion: 0 })));
    const log = createSharedPages(store.log);
    expect(seqs(await log.read(0))).toHaveLength(8);
    const other = await filled(600);
    vi.spyOn(store.log, 'read').mockImplementation((...of) => other.log.read(...of));
    vi.spyOn(store.log, 'epoch', 'get').mockReturnValue(other.log.epoch);
    expect(log.epoch).toBe(other.log.epoch);
    expect(seqs(await log.read(0))).toHaveLength(256);
  });

  it('go when nobody wanted them for five seconds, and are eight at most', async () => {
    vi.useFakeTimers();
    const store = await filled(4_000);
    const read = vi.spyOn(store.log, 'read');
    const log = createSharedPages(store.log);
    for (let page = 0; page < 9; page += 1) await log.read(page * 256);
    await log.read(8 * 256);
    expect(read).toHaveBeenCalledTimes(9 * readsOfPage);
    await log.read(0);
    expect(read).toHaveBeenCalledTimes(10 * readsOfPage);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(vi.getTimerCount()).toBe(0);
    await log.read(8 * 256);
    expect(read).toHaveBeenCalledTimes(11 * readsOfPage);
  });
});
