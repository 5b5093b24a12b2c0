import { follow } from '../log/follow.ts';
import type { LogEntry, MessageDraft } from '../log/entry.ts';
import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';
import { commitOne, draftWrite } from './draftWrite.ts';

/** A message to one user, as the routes make it. */
function draftMessage(id: string, payload: MessageDraft['payload'] = { id }): { readonly entry: MessageDraft } {
  const to = { kind: 'users', ids: ['u1'] } as const;
  return { entry: { kind: 'message', id, type: 'test', payload, to, from: { id: 'u2', name: 'Bea' } } };
}

/** The tests of messages among the changes of a log, which every store has to pass. */
export function messageContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`messages in the log of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);
    const nameOf = (entry: LogEntry): string =>
      entry.kind === 'key' ? 'key' : `${entry.kind} ${entry.id}${entry.kind === 'change' ? ` ${entry.version}` : ''}`;

    it('messages and changes of one batch stand in its order, under one cursor', async () => {
      const { store } = current();
      const outcomes = await store.commit([
        draftMessage('m1'),
        draftWrite('a', { n: 1 }, { expectedVersion: 0 }),
        draftMessage('m2'),
        draftWrite('a', { n: 2 }, { expectedVersion: 1 }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'committed'));
      const { entries, head, floor } = await store.log.read(0);
      expect(entries.map(nameOf)).toEqual(['message m1', 'change a 1', 'message m2', 'change a 2']);
      expect([head, floor]).toEqual([entries[3]?.seq, 0]);
      expect(outcomes.flatMap((outcome) => (outcome.status === 'committed' ? [outcome.entry] : []))).toEqual(entries);
      for (const [n, entry] of entries.entries()) {
        const before = entries[n - 1];
        expect(before === undefined || (entry.seq > before.seq && entry.at > before.at)).toBe(true);
      }
    });

    it('a message is read as it was sent, and a second one like it is another message', async () => {
      const { store } = current();
      const draft = draftMessage('m1', { text: 'é 你 "\\u0000" \n', list: [1, null, { deep: true }] });
      const whole = { entry: { ...draft.entry, excludeUserId: 'u3', within: { organization_id: 'o1' } } };
      await Promise.all([commitOne(store, whole), commitOne(store, whole)]);
      const { entries } = await store.log.read(0);
      const as = ({ seq, at }: LogEntry) => ({ ...whole.entry, seq, at });
      expect(entries).toEqual(entries.map(as));
      expect(entries.length).toBe(2);
    });

    it('a reader that goes on from a message gets what comes after it, once', async () => {
      const { store } = current();
      const names = Array.from({ length: 40 }, (_, n) => `m${n}`);
      const sending = Promise.all(names.map((name) => commitOne(store, draftMessage(name))));
      const seen: LogEntry[] = [];
      const end = new AbortController();
      const from = (seq: number) =>
        follow({ log: store.log, after: { epoch: store.log.epoch, seq }, signal: end.signal, pageSize: 7 });
      for await (const item of from(0)) {
        if (item.type === 'entry') seen.push(item.entry);
        if (seen.length === 13) break;
      }
      for await (const item of from(seen[12]?.seq ?? -1)) {
        if (item.type === 'entry') seen.push(item.entry);
        if (seen.length === 40) break;
      }
      end.abort();
      await sending;
      expect(seen).toEqual((await store.log.read(0)).entries);
      expect(new Set(seen.map(nameOf)).size).toBe(40);
    });

    it('a message with text that cannot be stored fails alone', async () => {
      const { store } = current();
      const outcomes = await store.commit([
        draftMessage('m1'),
        draftMessage('m2', { text: 'a\u0000b' }),
        draftMessage('m3', { text: '\ud800' }),
        draftMessage('m4'),
      ]);
      expect(outcomes.map((one) => (one.status === 'failed' ? one.error.code : one.status))).toEqual(
        ['committed', 'FORBIDDEN_TEXT', 'FORBIDDEN_TEXT', 'committed'], // prettier-ignore
      );
      expect((await store.log.read(0)).entries.map(nameOf)).toEqual(['message m1', 'message m4']);
    });

    it('a message belongs to no record and to no history', async () => {
      const { store } = current();
      await store.commit([draftWrite('a', { n: 1 }, { expectedVersion: 0 }), draftMessage('a')]);
      expect((await store.list('team')).length).toBe(1);
      expect((await store.log.history('team', 'a', { limit: 1 })).map(({ version }) => version)).toEqual([1]);
      const outcome = await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 1 }));
      expect(outcome.status).toBe('committed');
    });

    it('messages are there after a second start, and the next one gets a later place', async () => {
      const { store, reopen } = current();
      if (reopen === undefined) return;
      await store.commit([draftMessage('m1'), draftWrite('a', { n: 1 }, { expectedVersion: 0 }), draftMessage('m2')]);
      const { entries, head } = await store.log.read(0);
      const again = await reopen();
      expect([(await again.log.read(0)).entries, again.log.head()]).toEqual([entries, head]);
      await commitOne(again, draftMessage('m3'));
      const after = (await again.log.read(head)).entries;
      expect([after.map(nameOf), after.every(({ seq }) => seq > head)]).toEqual([['message m3'], true]);
      expect((await again.load('team', 'a'))?.version).toBe(1);
    });
  });
}
