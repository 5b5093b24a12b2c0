import type { DeliveryDetail, DeliveryLog } from '../log/deliveryLog.ts';
import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';

/** The tests that the log of deliveries of every store has to pass; a store without one passes them. */
export function deliveryContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`the delivery contract of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);

    async function open(): Promise<DeliveryLog | null> {
      const { store } = current();
      return (
        (await store.openDeliveries?.((rows, error) => {
          throw new Error(`${rows} rows were lost.`, { cause: error });
        })) ?? null
      );
    }

    it('what was added is listed newest first, a page at a time, each endpoint by itself', async () => {
      const log = await open();
      if (log === null) return;
      const ids = [1, 2, 3, 4, 5].map((attempt) => log.add(draftDelivery({ attempt })));
      log.add(draftDelivery({ endpoint: 'other' }));
      const first = await log.list('e1', { limit: 2 });
      expect(first.rows.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
      const second = await log.list('e1', { limit: 2, before: first.next ?? '' });
      expect(second.rows.map(({ attempt }) => attempt)).toEqual([3, 2]);
      const third = await log.list('e1', { limit: 2, before: second.next ?? '' });
      expect([third.rows.map(({ attempt }) => attempt), third.next]).toEqual([[1], null]);
      expect((await log.list('nobody', { limit: 2 })).rows).toEqual([]);
    });

    it('what failed can be listed alone', async () => {
      const log = await open();
      if (log === null) return;
      for (const outcome of ['delivered', 'failed', 'gone', 'refused', 'delivered'] as const)
        log.add(draftDelivery({ outcome }));
      const { rows } = await log.list('e1', { limit: 10, outcome: 'failed' });
      expect(rows.map(({ outcome }) => outcome)).toEqual(['refused', 'gone', 'failed']);
    });

    it('one row is read with what travelled, by its endpoint only', async () => {
      const log = await open();
      if (log === null) return;
      const draft = draftDelivery({ answer: { headers: {}, body: 'ü \u2028 "{}\n', bodyBytes: null } });
      const id = log.add(draft);
      expect(await log.get('e1', id)).toEqual({ id, ...draft });
      expect(await log.get('other', id)).toBe(null);
      expect(await log.get('e1', 'nothing')).toBe(null);
      expect(Object.keys((await log.list('e1', { limit: 1 })).rows[0] ?? {}).includes('request')).toBe(false);
    });

    it('the newest row of each endpoint about a record is found', async () => {
      const log = await open();
      if (log === null) return;
      for (const [endpoint, version] of [['a', 1], ['b', 1], ['a', 2]] as const) {
        log.add(draftDelivery({ endpoint, versions: [version, version] }));
      } // prettier-ignore
      log.add(draftDelivery({ endpoint: 'a', recordId: 'another' }));
      const rows = await log.latestOf('team', 'ada');
      expect(rows.map(({ endpoint, versions }) => `${endpoint} ${versions?.[1]}`).sort()).toEqual(['a 2', 'b 1']);
    });

    it('rows survive a second start, and old ones are removed', async () => {
      const log = await open();
      const { reopen } = current();
      if (log === null || reopen === undefined) return;
      const id = log.add(draftDelivery({}));
      await log.flush();
      const again = await (await reopen()).openDeliveries?.(() => undefined);
      expect((await again?.get('e1', id))?.attempt).toBe(1);
      await again?.removeBefore(Date.now() - 86_400_000);
      expect((await again?.list('e1', { limit: 9 }))?.rows.length).toBe(1);
      await again?.removeBefore(Date.now() + 2 * 86_400_000);
      expect((await again?.list('e1', { limit: 9 }))?.rows).toEqual([]);
    });
  });
}

function draftDelivery(change: Partial<DeliveryDetail>): Omit<DeliveryDetail, 'id'> {
  return {
    endpoint: 'e1',
    messageId: 'msg_1',
    kind: 'event',
    type: 'team.updated',
    resource: 'team',
    recordId: 'ada',
    versions: [1, 1],
    attempt: 1,
    at: new Date().toISOString(),
    durationMs: 3,
    outcome: 'delivered',
    status: 200,
    error: null,
    nextAttemptAt: null,
    shownVersion: null,
    request: { url: 'https://example.com', headers: { 'webhook-id': 'msg_1' }, body: '{}', bodyBytes: 2 },
    answer: null,
    ...change,
  };
}
