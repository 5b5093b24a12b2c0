import type { ChangeLog } from '../log/changeLog.ts';
import { follow, type FollowItem, type FollowOptions } from '../log/follow.ts';
import type { Store } from '../stores/store.ts';
import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';
import { commitOne, draftWrite } from './draftWrite.ts';

const writers = 12;
const savesPerWriter = 15;

/** The tests of following the log of a store, with many writers and many readers at once. */
export function followContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`following the log of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);

    async function writeMany(store: Store): Promise<void> {
      const write = async (id: string): Promise<void> => {
        for (let n = 0; n < savesPerWriter; n += 1)
          await commitOne(store, draftWrite(id, { n }, { expectedVersion: n }));
      };
      await Promise.all(Array.from({ length: writers }, (_, n) => write(`w${n}`)));
    }

    it('several readers that begin anywhere while many save get every entry once, in order', async () => {
      const { store } = current();
      const saving = writeMany(store);
      const total = writers * savesPerWriter;
      // Readers that begin at once, and readers that begin at each third of what is there by then.
      const readers = [0, 0, 0].map((after) => collect(store.log, after, total));
      for (const part of [1, 2, 3]) {
        await nextAppend(store.log);
        const { entries } = await store.log.read(0, total);
        const count = Math.ceil((entries.length * part) / 3);
        readers.push(collect(store.log, entries[count - 1]?.seq ?? 0, total - count));
      }
      await saving;
      const all = (await store.log.read(0, total)).entries.map(({ seq }) => seq);
      expect(all.length).toBe(total);
      for (const seqs of await Promise.all(readers)) expect(seqs).toEqual(all.slice(all.length - seqs.length));
      expect((await readers[0])?.length).toBe(total);
    });

    it('small pages and a slow reader lose nothing', async () => {
      const { store } = current();
      const saving = writeMany(store);
      const seqs = await collect(store.log, 0, writers * savesPerWriter, {
        pageSize: 3,
        pause: () => new Promise(setImmediate),
      });
      await saving;
      expect(seqs).toEqual((await store.log.read(0, 1_000)).entries.map(({ seq }) => seq));
    });

    it('a wake-up that is lost only delays', async () => {
      const { store } = current();
      const deaf = changed(store.log, { onAppend: () => () => undefined });
      const reading = collect(deaf, 0, 2, { safetyPollMs: 5 });
      await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
      await commitOne(store, draftWrite('b', {}, { expectedVersion: 0 }));
      expect((await reading).length).toBe(2);
    });

    it('a wake-up ends the wait at once', async () => {
      const { store } = current();
      const reading = collect(store.log, 0, 1, { safetyPollMs: 3_600_000 });
      await new Promise(setImmediate);
      await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
      expect((await reading).length).toBe(1);
    });

    it('an entry that comes while a page is read is not waited for', async () => {
      const { store } = current();
      let reads = 0;
      const slow = changed(store.log, {
        async read(after, limit) {
          const page = await store.log.read(after, limit);
          reads += 1;
          if (reads === 1) await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
          return page;
        },
      });
      expect(await collect(slow, 0, 1, { safetyPollMs: 3_600_000 })).toEqual([store.log.head()]);
    });

    it('a wake-up for nothing repeats nothing', async () => {
      const { store } = current();
      const listeners = new Set<() => void>();
      const noisy = changed(store.log, {
        onAppend: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
      });
      const items = follow(optionsOf(noisy, 0));
      await commitOne(store, draftWrite('a', { n: 0 }, { expectedVersion: 0 }));
      const first = await items.next();
      const second = items.next();
      for (let n = 0; n < 5; n += 1) {
        for (const listener of listeners) listener();
        await new Promise(setImmediate);
      }
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 1 }));
      for (const listener of listeners) listener();
      expect([seqOf(first.value), seqOf((await second).value)]).toEqual(
        (await store.log.read(0)).entries.map(({ seq }) => seq),
      );
    });

    it('a reader of another epoch is reset to the head and goes on from there', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
      const items = follow({
        ...optionsOf(store.log, 0),
        after: { epoch: '0190a000-0000-7000-8000-000000000000', seq: 0 },
      });
      const head = { epoch: store.log.epoch, seq: store.log.head() };
      expect((await items.next()).value).toEqual({ type: 'reset', reason: 'epoch', head });
      await commitOne(store, draftWrite('b', {}, { expectedVersion: 0 }));
      expect(seqOf((await items.next()).value)).toBe(store.log.head());
    });

    it('a reader ahead of the log is reset', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
      const [item] = await take(follow(optionsOf(store.log, store.log.head() + 1)), 1);
      expect(item).toEqual({ type: 'reset', reason: 'ahead', head: { epoch: store.log.epoch, seq: store.log.head() } });
    });

    it('a slow reader that retention overtakes is reset and then goes on', async () => {
      const { store } = current();
      for (let n = 0; n < 4; n += 1) await commitOne(store, draftWrite('a', { n }, { expectedVersion: n }));
      const seqs = (await store.log.read(0)).entries.map(({ seq }) => seq);
      let floor = 0;
      const shrinking = changed(store.log, {
        read: async (after, limit) => ({ ...(await store.log.read(after, limit)), floor }),
      });
      const items = follow({ ...optionsOf(shrinking, 0), pageSize: 1 });
      const first = await items.next();
      floor = seqs[2] ?? -1;
      const [reset] = await take(items, 1);
      expect([seqOf(first.value), reset?.type === 'reset' && reset.reason]).toEqual([seqs[0], 'retention']);
    });

    it('a read that fails is reported and tried again without a gap', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
      let failures = 2;
      const failing = changed(store.log, {
        read: (after, limit) => (failures-- > 0 ? Promise.reject(new Error('away')) : store.log.read(after, limit)),
      });
      const errors: unknown[] = [];
      const items = follow({ ...optionsOf(failing, 0), safetyPollMs: 5, onError: (error) => errors.push(error) });
      expect(seqOf((await items.next()).value)).toBe(store.log.head());
      expect(errors.length).toBe(2);
    });

    it('the signal ends a reader that waits', async () => {
      const controller = new AbortController();
      const items = follow({
        ...optionsOf(current().store.log, 0),
        signal: controller.signal,
        safetyPollMs: 3_600_000,
      });
      const waiting = items.next();
      await new Promise(setImmediate);
      controller.abort();
      expect((await waiting).done).toBe(true);
    });
  });
}

function optionsOf(log: ChangeLog, after: number): FollowOptions {
  return { log, after: { epoch: log.epoch, seq: after }, signal: new AbortController().signal };
}

async function collect(
  log: ChangeLog,
  after: number,
  count: number,
  options: Pick<FollowOptions, 'pageSize' | 'safetyPollMs'> & { readonly pause?: () => Promise<unknown> } = {},
): Promise<(number | string)[]> {
  const seqs: (number | string)[] = [];
  const { pause, ...rest } = options;
  if (count <= 0) return seqs;
  for await (const item of follow({ ...optionsOf(log, after), ...rest })) {
    seqs.push(seqOf(item));
    if (seqs.length === count) return seqs;
    await pause?.();
  }
  return seqs;
}

async function take(items: AsyncGenerator<FollowItem>, count: number): Promise<FollowItem[]> {
  const taken: FollowItem[] = [];
  while (taken.length < count) {
    const { value, done } = await items.next();
    if (done === true) break;
    taken.push(value);
  }
  await items.return(undefined);
  return taken;
}

function seqOf(item: FollowItem | void): number | string {
  return item === undefined ? 'ended' : item.type === 'entry' ? item.entry.seq : item.reason;
}

function nextAppend(log: ChangeLog): Promise<void> {
  return new Promise((resolve) => {
    const stop = log.onAppend(() => {
      stop();
      resolve();
    });
  });
}

/** The same log with some of its verbs replaced. */
function changed(log: ChangeLog, replaced: Partial<ChangeLog>): ChangeLog {
  return {
    epoch: log.epoch,
    head: () => log.head(),
    read: (after, limit) => log.read(after, limit),
    history: (resource, id, options) => log.history(resource, id, options),
    version: (resource, id, version) => log.version(resource, id, version),
    placeAt: (time) => log.placeAt(time),
    onAppend: (listener) => log.onAppend(listener),
    ...replaced,
  };
}
