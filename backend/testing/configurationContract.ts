import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';
import { commitOne, draftWrite } from './draftWrite.ts';

/** The tests of a store that counts its records, or is told what is declared; one that does neither passes. */
export function configurationContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`the configuration contract of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);

    it('the records of each resource are counted as they are listed, without those that are deleted', async () => {
      const { store } = current();
      if (!store.countRecords) return;
      expect([...(await store.countRecords())]).toEqual([]);
      await commitOne(store, draftWrite('a', { name: 'Ada' }, { expectedVersion: 0 }));
      await commitOne(store, draftWrite('b', { name: 'Bob' }, { expectedVersion: 0 }));
      expect([...(await store.countRecords())]).toEqual([['team', 2]]);
      await commitOne(store, draftWrite('a', null, { expectedVersion: 1, before: { name: 'Ada' } }));
      expect((await store.countRecords()).get('team')).toBe((await store.list('team')).length);
      expect([...(await store.countRecords())]).toEqual([['team', 1]]);
    });

    it('what is declared may be told at every start, also when it is another list', async () => {
      const { store } = current();
      await store.declare?.([{ name: 'team', live: true, priority: 'high' }]);
      await store.declare?.([
        { name: 'team', live: 'notify', priority: 'low' },
        { name: 'news', live: false, priority: 'medium' },
      ]);
      await store.declare?.([]);
      expect(await store.list('team')).toEqual([]);
    });
  });
}
