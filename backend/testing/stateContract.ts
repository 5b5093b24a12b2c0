import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';

/** The tests that the state of every store has to pass. */
export function stateContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`the state contract of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);

    it('a value that was put is there with the revision that put gave', async () => {
      const { state } = current().store;
      expect(await state.get('leases', 'a')).toBe(null);
      const revision = await state.put('leases', 'a', { owner: 1 });
      expect(await state.get('leases', 'a')).toEqual({ key: 'a', value: { owner: 1 }, revision });
      expect(await state.get('other', 'a')).toBe(null);
    });

    it('null is a value', async () => {
      const { state } = current().store;
      const revision = await state.put('b', 'k', null);
      expect(await state.get('b', 'k')).toEqual({ key: 'k', value: null, revision });
    });

    it('of many who put on the same revision exactly one succeeds', async () => {
      const { state } = current().store;
      const first = await state.put('leases', 'a', 0);
      const revisions = await Promise.all(
        [1, 2, 3, 4, 5].map((n) => state.put('leases', 'a', n, { ifRevision: first ?? -1 })),
      );
      expect(revisions.filter((revision) => revision !== null).length).toBe(1);
    });

    it('of many who put what has to be absent exactly one succeeds', async () => {
      const { state } = current().store;
      const revisions = await Promise.all([1, 2, 3, 4, 5].map((n) => state.put('leases', 'a', n, { ifRevision: 0 })));
      expect(revisions.filter((revision) => revision !== null).length).toBe(1);
    });

    it('a revision is not used again after its key was deleted', async () => {
      const { state } = current().store;
      const first = (await state.put('leases', 'a', 1)) ?? -1;
      await state.delete('leases', 'a');
      expect(await state.get('leases', 'a')).toBe(null);
      expect(await state.put('leases', 'a', 2, { ifRevision: first })).toBe(null);
      const second = await state.put('leases', 'a', 2, { ifRevision: 0 });
      expect(second === first).toBe(false);
      expect(await state.put('leases', 'a', 3, { ifRevision: first })).toBe(null);
    });

    it('a value that has expired is absent', async () => {
      const { state } = current().store;
      await state.put('s', 'old', 1, { expiresAt: 1 });
      await state.put('s', 'young', 1, { expiresAt: Date.now() + 3_600_000 });
      expect(await state.get('s', 'old')).toBe(null);
      expect((await state.list('s')).map(({ key }) => key)).toEqual(['young']);
      expect((await state.put('s', 'old', 2, { ifRevision: 0 })) === null).toBe(false);
    });

    it('several values are put at once, each under its own condition', async () => {
      const { state } = current().store;
      const known = (await state.put('x', 'known', 1)) ?? -1;
      await state.put('x', 'other', 1);
      await state.put('x', 'gone', 1, { expiresAt: 1 });
      const puts = [
        { key: 'new', value: 'new', ifRevision: 0 },
        { key: 'known', value: [2], ifRevision: known },
        { key: 'other', value: 2, ifRevision: known },
        { key: 'absent', value: 2, ifRevision: 77 },
        { key: 'gone', value: null, ifRevision: 0 },
      ];
      const putMany =
        state.putMany?.bind(state) ??
        ((bucket: string, given: typeof puts) =>
          Promise.all(given.map(({ key, value, ifRevision }) => state.put(bucket, key, value, { ifRevision }))));
      const revisions = await putMany('x', puts);
      expect(revisions.map((revision) => revision !== null)).toEqual([true, true, false, false, true]);
      expect((await state.list('x')).map(({ key, value }) => [key, value])).toEqual([
        ['gone', null],
        ['known', [2]],
        ['new', 'new'],
        ['other', 1],
      ]);
      expect((await state.get('x', 'known'))?.revision).toBe(revisions[1]);
      expect(await putMany('x', [])).toEqual([]);
    });

    it('of many who put several values on the same revisions at once, each value is put by exactly one', async () => {
      const { state } = current().store;
      const { putMany } = state;
      if (putMany === undefined) return;
      const keys = ['a', 'b', 'c'];
      const rounds = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          putMany.call(
            state,
            'x',
            (n % 2 === 0 ? keys : [...keys].reverse()).map((key) => ({ key, value: n, ifRevision: 0 })),
          ),
        ),
      );
      expect(rounds.flat().filter((revision) => revision !== null).length).toBe(3);
    });

    it('a list holds one bucket by key', async () => {
      const { state } = current().store;
      for (const key of ['b', 'B', 'a']) await state.put('x', key, key);
      await state.put('y', 'c', 1);
      expect((await state.list('x')).map(({ value }) => value)).toEqual(['B', 'a', 'b']);
      expect(await state.list('z')).toEqual([]);
    });

    it('deleting what is absent does nothing', async () => {
      await current().store.state.delete('x', 'nobody');
    });

    it('values and revisions survive a second start', async () => {
      const { store, reopen } = current();
      if (reopen === undefined) return;
      const kept = await store.state.put('x', 'kept', [1, 'two']);
      const gone = (await store.state.put('x', 'gone', 1)) ?? -1;
      await store.state.delete('x', 'gone');
      const { state } = await reopen();
      expect(await state.list('x')).toEqual([{ key: 'kept', value: [1, 'two'], revision: kept }]);
      const again = (await state.put('x', 'gone', 2)) ?? -1;
      expect(again > gone).toBe(true);
    });
  });
}
