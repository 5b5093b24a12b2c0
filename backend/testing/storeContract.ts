import type { CommitOutcome } from '../stores/store.ts';
import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';
import { commitOne, draftKey, draftKeyWrite, draftWrite } from './draftWrite.ts';

/** The tests that every store has to pass: records, versions, keys and outcomes. */
export function storeContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;
  const statuses = (outcomes: readonly CommitOutcome[]): string[] => outcomes.map(({ status }) => status);

  describe(`the store contract of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);

    it('a committed record can be loaded with its version, authors and time', async () => {
      const { store } = current();
      const outcome = await commitOne(store, draftWrite('a', { name: 'Ada' }, { expectedVersion: 0 }));
      const stored = await store.load('team', 'a');
      const at = outcome.status === 'committed' ? outcome.entry.at : Number.NaN;
      const actor = { id: 'u1', name: 'Ada', kind: 'admin' };
      expect(stored).toEqual({
        resource: 'team',
        id: 'a',
        version: 1,
        record: { name: 'Ada' },
        published: { name: 'Ada' },
        authors: { name: { id: 'u1', name: 'Ada', at, version: 1 } },
        changedAt: at,
        changedBy: actor,
      });
    });

    it('a record that never existed is null', async () => {
      expect(await current().store.load('team', 'nobody')).toBe(null);
    });

    it('a field keeps its author and time until somebody sets it', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { name: 'Ada', city: 'London' }, { expectedVersion: 0 }));
      const first = await store.load('team', 'a');
      const before = { name: 'Ada', city: 'London' };
      await commitOne(store, draftWrite('a', { name: 'Ada', city: 'Rome' }, { expectedVersion: 1, before }));
      const second = await store.load('team', 'a');
      expect(second?.authors['name']).toEqual(first?.authors['name']);
      expect(second?.authors['city']?.version).toBe(2);
      expect(second?.authors['city']?.at).toBe(second?.changedAt);
    });

    it('a save based on an older version is stale and is told what is stored', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
      await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 1 }));
      const outcome = await commitOne(store, draftWrite('a', { n: 3 }, { expectedVersion: 1 }));
      expect(outcome).toEqual({ status: 'stale', stored: await store.load('team', 'a') });
      expect((await store.load('team', 'a'))?.record).toEqual({ n: 2 });
    });

    it('a save of a record that should exist and does not is stale', async () => {
      const outcome = await commitOne(current().store, draftWrite('a', { n: 3 }, { expectedVersion: 4 }));
      expect(outcome).toEqual({ status: 'stale', stored: null });
    });

    it('of two creations of one record at once exactly one is committed', async () => {
      const { store } = current();
      const writes = [1, 2, 3, 4].map((n) => draftWrite('a', { n }, { expectedVersion: 0 }));
      const outcomes = await Promise.all(writes.map((write) => commitOne(store, write)));
      expect(statuses(outcomes).sort()).toEqual(['committed', 'stale', 'stale', 'stale']);
      expect((await store.load('team', 'a'))?.version).toBe(1);
    });

    it('of many saves of one version at once exactly one is committed', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { n: 0 }, { expectedVersion: 0 }));
      const writes = Array.from({ length: 20 }, (_, n) => draftWrite('a', { n }, { expectedVersion: 1 }));
      const outcomes = await Promise.all(writes.map((write) => commitOne(store, write)));
      expect(statuses(outcomes).filter((status) => status === 'committed').length).toBe(1);
      expect((await store.load('team', 'a'))?.version).toBe(2);
    });

    it('several writes of one record in one batch are applied in the order given', async () => {
      const { store } = current();
      const outcomes = await store.commit([
        draftWrite('a', { n: 1 }, { expectedVersion: 0 }),
        draftWrite('b', { n: 1 }, { expectedVersion: 0 }),
        draftWrite('a', { n: 2 }, { expectedVersion: 1 }),
        draftWrite('a', { n: 9 }, { expectedVersion: 1 }),
        draftWrite('a', { n: 3 }, { expectedVersion: 2 }),
      ]);
      expect(statuses(outcomes)).toEqual(['committed', 'committed', 'committed', 'stale', 'committed']);
      expect((await store.load('team', 'a'))?.record).toEqual({ n: 3 });
      expect((await store.log.history('team', 'a', { limit: 9 })).map(({ version }) => version)).toEqual([3, 2, 1]);
    });

    it('a write that stands on one of its batch that did not go through is stale, although its version exists', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { n: 0 }, { expectedVersion: 0 }));
      await commitOne(store, draftWrite('a', { n: 'another process' }, { expectedVersion: 1 }));
      const outcomes = await store.commit([
        draftWrite('a', { n: 1 }, { expectedVersion: 1 }),
        draftWrite('a', { n: 2 }, { expectedVersion: 2 }),
        draftWrite('a', { n: 3 }, { expectedVersion: 3 }),
      ]);
      expect(statuses(outcomes)).toEqual(['stale', 'stale', 'stale']);
      expect((await store.load('team', 'a'))?.record).toEqual({ n: 'another process' });
    });

    it('a batch of nothing is committed as nothing', async () => {
      expect(await current().store.commit([])).toEqual([]);
    });

    it('a write that leaves a hole in the versions is the fault of the caller and stores nothing', async () => {
      const { store } = current();
      const right = draftWrite('a', { n: 1 }, { expectedVersion: 0 });
      const wrong = { ...right, entry: { ...right.entry, id: 'b', version: 7 } };
      const code = await store.commit([right, wrong]).catch((error: { code: string }) => error.code);
      expect(code).toBe('INTERNAL');
      expect(await store.load('team', 'a')).toBe(null);
    });

    it('a list holds the records of one resource by id in code units, without deleted ones', async () => {
      const { store } = current();
      const ids = ['b', 'ä', 'B', 'a', '10', '9', '\u{1F600}', '\uFF5E'];
      await store.commit(ids.map((id) => draftWrite(id, { id }, { expectedVersion: 0 })));
      await store.commit([
        draftWrite('c', { id: 'c' }, { expectedVersion: 0, resource: 'offers' }),
        draftWrite('a', null, { expectedVersion: 1 }),
      ]);
      const listed = (await store.list('team')).map(({ id }) => id);
      expect(listed).toEqual(['10', '9', 'B', 'b', 'ä', '\u{1F600}', '\uFF5E']);
      expect(await store.list('nothing')).toEqual([]);
    });

    it('a deleted record leaves a tombstone that keeps counting versions', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
      await commitOne(store, draftWrite('a', null, { expectedVersion: 1, before: { n: 1 } }));
      const tombstone = await store.load('team', 'a');
      expect([tombstone?.version, tombstone?.record, tombstone?.published]).toEqual([2, null, null]);
      expect((await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 0 }))).status).toBe('stale');
      expect((await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 2, before: null }))).status).toBe(
        'committed',
      );
      expect((await store.load('team', 'a'))?.version).toBe(3);
    });

    it('a draft leaves what the public sees as it is until it is published', async () => {
      const { store } = current();
      const steps = ['published', 'kept', 'kept', 'published', 'withdrawn'] as const;
      const seen: unknown[] = [];
      for (const [index, publication] of steps.entries()) {
        await commitOne(store, draftWrite('a', { n: index }, { expectedVersion: index, publication }));
        seen.push((await store.load('team', 'a'))?.published);
      }
      expect(seen).toEqual([{ n: 0 }, { n: 0 }, { n: 0 }, { n: 3 }, null]);
    });

    it('a key answers for its save, and the same key is not carried out twice', async () => {
      const { store } = current();
      const key = draftKey('k1');
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0, key }));
      expect(await store.findKey('user:u1', 'k1')).toEqual(key);
      expect(await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 1, key }))).toEqual({
        status: 'repeated',
        saved: key,
      });
      expect((await store.load('team', 'a'))?.version).toBe(1);
    });

    it('one key sent many times at once is carried out once', async () => {
      const { store } = current();
      const key = draftKey('k1');
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      const outcomes = await Promise.all(
        ids.map((id) => commitOne(store, draftWrite(id, { id }, { expectedVersion: 0, key }))),
      );
      expect(statuses(outcomes).sort()).toEqual(['committed', ...Array.from({ length: 5 }, () => 'repeated')]);
      expect((await store.list('team')).length).toBe(1);
    });

    it('a key twice in one batch is carried out once', async () => {
      const key = draftKey('k1');
      const writes = ['a', 'b'].map((id) => draftWrite(id, {}, { expectedVersion: 0, key }));
      expect(statuses(await current().store.commit(writes))).toEqual(['committed', 'repeated']);
    });

    it('a stale save does not use its key up', async () => {
      const { store } = current();
      const key = draftKey('k1');
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
      expect((await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 0, key }))).status).toBe('stale');
      expect(await store.findKey('user:u1', 'k1')).toBe(null);
      expect((await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 1, key }))).status).toBe('committed');
    });

    it('keys of two users never meet', async () => {
      const { store } = current();
      const keys = [draftKey('k1', 'a', 'user:u1'), draftKey('k1', 'b', 'user:u2')];
      expect(statuses(await store.commit(keys.map(draftKeyWrite)))).toEqual(['committed', 'committed']);
      expect(await store.findKey('user:u2', 'k1')).toEqual(keys[1]);
      expect(await store.findKey('user:u3', 'k1')).toBe(null);
    });

    it('a save that changed nothing keeps its key without touching the record', async () => {
      const { store } = current();
      await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
      expect((await commitOne(store, draftKeyWrite(draftKey('k1')))).status).toBe('committed');
      expect((await commitOne(store, draftKeyWrite(draftKey('k1')))).status).toBe('repeated');
      expect((await store.load('team', 'a'))?.version).toBe(1);
    });

    it('text that one store cannot keep is refused by every store, and takes no other save with it', async () => {
      const { store } = current();
      const texts = ['fine', 'zero \u0000', 'half \ud83d', '\\u0000 written out', 'whole \u{1F600}'];
      const outcomes = await store.commit(
        texts.map((text, n) => draftWrite(`t${n}`, { text }, { expectedVersion: 0 })),
      );
      expect(statuses(outcomes)).toEqual(['committed', 'failed', 'failed', 'committed', 'committed']);
      expect(outcomes[1]?.status === 'failed' && outcomes[1].error.code).toBe('FORBIDDEN_TEXT');
      expect((await store.load('team', 't3'))?.record).toEqual({ text: texts[3] });
    });

    it('a record comes back with its members in order and its numbers exact', async () => {
      const { store, reopen } = current();
      const record = {
        z: 1,
        a: [0.1, 1e21, -5e-324, 9007199254740991],
        m: { y: null, b: true },
        'ключ "q"': ' \u2028\n',
      };
      await commitOne(store, draftWrite('a', record, { expectedVersion: 0 }));
      const again = reopen === undefined ? store : await reopen();
      expect(JSON.stringify((await again.load('team', 'a'))?.record)).toBe(JSON.stringify(record));
    });

    it('after a second start everything that was committed is there', async () => {
      const { store, reopen } = current();
      if (reopen === undefined) return;
      await store.commit(
        ['a', 'b'].map((id) => draftWrite(id, { id }, { expectedVersion: 0, key: draftKey(`k-${id}`, id) })),
      );
      await commitOne(store, draftWrite('a', null, { expectedVersion: 1, before: { id: 'a' } }));
      const [a, b] = [await store.load('team', 'a'), await store.load('team', 'b')];
      const again = await reopen();
      expect([await again.load('team', 'a'), await again.load('team', 'b')]).toEqual([a, b]);
      expect(await again.findKey('user:u1', 'k-b')).toEqual(draftKey('k-b', 'b'));
      expect((await commitOne(again, draftWrite('b', { id: 'b2' }, { expectedVersion: 1 }))).status).toBe('committed');
    });
  });
}
