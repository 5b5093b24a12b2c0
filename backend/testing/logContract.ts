import type { LogEntry } from '../log/entry.ts';
import { recordBefore } from '../log/advance.ts';
import type { Store } from '../stores/store.ts';
import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';
import { commitOne, draftKey, draftKeyWrite, draftWrite } from './draftWrite.ts';

/** The tests that the log of every store has to pass. */
export function logContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`the log contract of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);

    /** Versions 1 to `count` of one record; returns their entries. */
    async function writeVersions(store: Store, count: number): Promise<LogEntry[]> {
      const entries: LogEntry[] = [];
      for (let n = 0; n < count; n += 1) {
        const outcome = await commitOne(
          store,
          draftWrite('a', { n }, { expectedVersion: n, before: n === 0 ? null : { n: n - 1 } }),
        );
        if (outcome.status === 'committed') entries.push(outcome.entry);
      }
      return entries;
    }

    it('an empty log has head 0, floor 0 and nothing to read', async () => {
      const { log } = current().store;
      expect(log.head()).toBe(0);
      expect(await log.read(0)).toEqual({ entries: [], head: 0, floor: 0 });
      expect(await log.placeAt(Date.now())).toBe(0);
    });

    it('reading gives what commit gave, in pages', async () => {
      const { store } = current();
      const entries = await writeVersions(store, 5);
      const head = entries[4]?.seq ?? -1;
      expect(store.log.head()).toBe(head);
      expect(await store.log.read(0)).toEqual({ entries, head, floor: 0 });
      expect(await store.log.read(entries[1]?.seq ?? -1, 2)).toEqual({ entries: entries.slice(2, 4), head, floor: 0 });
      expect((await store.log.read(head)).entries).toEqual([]);
    });

    it('places and times rise strictly, also for saves of one moment', async () => {
      const { store } = current();
      const writes = Array.from({ length: 50 }, (_, n) => draftWrite(`r${n}`, { n }, { expectedVersion: 0 }));
      await Promise.all(writes.map((write) => commitOne(store, write)));
      const { entries } = await store.log.read(0);
      expect(entries.length).toBe(50);
      expect(entries.every(({ seq }, n) => n === 0 || seq > (entries[n - 1] as LogEntry).seq)).toBe(true);
      expect(entries.every(({ at }, n) => n === 0 || at > (entries[n - 1] as LogEntry).at)).toBe(true);
    });

    it('a save that was stale or repeated leaves no entry', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0, key: draftKey('k') }));
      await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 0 }));
      await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 1, key: draftKey('k') }));
      expect((await store.log.read(0)).entries.length).toBe(1);
    });

    it('a key that was kept without a change is an entry of its own kind', async () => {
      const { store } = current();
      await commitOne(store, draftKeyWrite(draftKey('k')));
      const [entry] = (await store.log.read(0)).entries;
      expect([entry?.kind, entry?.key]).toEqual(['key', draftKey('k')]);
    });

    it('history gives the changes of one record, newest first, from below a version', async () => {
      const { store } = current();
      const entries = await writeVersions(store, 6);
      await commitOne(store, draftWrite('b', {}, { expectedVersion: 0 }));
      const versions = async (options: { limit: number; beforeVersion?: number }): Promise<number[]> =>
        (await store.log.history('team', 'a', options)).map(({ version }) => version);
      expect(await versions({ limit: 3 })).toEqual([6, 5, 4]);
      expect(await versions({ limit: 3, beforeVersion: 4 })).toEqual([3, 2, 1]);
      expect(await versions({ limit: 3, beforeVersion: 1 })).toEqual([]);
      expect((await store.log.history('team', 'a', { limit: 1 }))[0]).toEqual(entries[5]);
      expect(await store.log.history('team', 'nobody', { limit: 3 })).toEqual([]);
    });

    it('the change that made a version can be asked for and leads back to the one before', async () => {
      const { store } = current();
      const entries = await writeVersions(store, 3);
      const second = await store.log.version('team', 'a', 2);
      expect(second).toEqual(entries[1]);
      expect(second === null ? null : recordBefore(second)).toEqual({ n: 0 });
      expect(await store.log.version('team', 'a', 4)).toBe(null);
      expect(await store.log.version('team', 'b', 1)).toBe(null);
    });

    it('the place at a time is that of the last entry made by then', async () => {
      const { store } = current();
      const entries = await writeVersions(store, 3);
      const [first, second, third] = entries as [LogEntry, LogEntry, LogEntry];
      expect(await store.log.placeAt(second.at)).toBe(second.seq);
      expect(await store.log.placeAt(third.at - 1)).toBe(second.seq);
      expect(await store.log.placeAt(third.at + 3_600_000)).toBe(third.seq);
      expect(await store.log.placeAt(first.at - 1)).toBe(0);
    });

    it('a listener is called when there is something to read, and not after it ended', async () => {
      const { store } = current();
      const heads: number[] = [];
      let ended = 0;
      const stopEnded = store.log.onAppend(() => (ended += 1));
      stopEnded();
      const heard = new Promise<void>((resolve) => {
        store.log.onAppend(() => {
          heads.push(store.log.head());
          if (store.log.head() > 0) resolve();
        });
      });
      const outcome = await commitOne(store, draftWrite('a', {}, { expectedVersion: 0 }));
      await heard;
      expect(heads.at(-1)).toBe(outcome.status === 'committed' ? outcome.entry.seq : -1);
      expect(ended).toBe(0);
    });

    it('the epoch stays over a second start and no place is used twice', async () => {
      const { store, reopen } = current();
      if (reopen === undefined) return;
      const before = await writeVersions(store, 3);
      const { epoch } = store.log;
      const again = await reopen();
      expect([again.log.epoch, again.log.head()]).toEqual([epoch, before[2]?.seq]);
      expect((await again.log.read(0)).entries).toEqual(before);
      const outcome = await commitOne(again, draftWrite('a', { n: 3 }, { expectedVersion: 3 }));
      expect(outcome.status === 'committed' && outcome.entry.seq > again.log.head() - 1).toBe(true);
      expect((await again.log.read(before[2]?.seq ?? -1)).entries.length).toBe(1);
      expect((await again.log.history('team', 'a', { limit: 9 })).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    });
  });
}
