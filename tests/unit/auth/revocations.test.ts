import { afterEach, expect, it, vi } from 'vitest';
import { createRevocations } from '../../../backend/auth/revocations.ts';
import type { ChangeLog } from '../../../backend/log/changeLog.ts';
import type { MessageDraft } from '../../../backend/log/entry.ts';
import { removedMessagesType } from '../../../backend/log/removedMessages.ts';
import { revokeType } from '../../../backend/log/revokeType.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';

let closing = new AbortController();
afterEach(() => {
  closing.abort();
  closing = new AbortController();
});

/** Revocations on a log that can be away, as the database of a node can. */
function createWorld() {
  const store = memoryStore();
  let isAway = false;
  let reads = 0;
  const log: ChangeLog = {
    ...store.log,
    epoch: store.log.epoch,
    async read(after, limit) {
      reads += 1;
      if (isAway) throw new Error('away');
      return store.log.read(after, limit);
    },
  };
  const revocations = createRevocations({ log, signal: closing.signal, onError: () => undefined });
  const told: (string | null)[] = [];
  revocations.onRevoked((userId) => told.push(userId));
  const say = (of: Pick<MessageDraft, 'type' | 'to'>) =>
    store.commit([{ entry: { kind: 'message', id: '', payload: null, from: null, ...of } }]);
  return {
    store,
    revocations,
    told,
    reads: () => reads,
    setAway: (away: boolean) => (isAway = away),
    say,
    revoke: (...ids: string[]) => say({ type: revokeType, to: { kind: 'users', ids } }),
    /** Somebody who comes in now and stays. */
    enter(userId: string) {
      const ended = vi.fn();
      const identified = { userId, asOf: { epoch: log.epoch, seq: log.head() } };
      revocations.watch(identified, ended);
      return { ended, identified };
    },
  };
}

it('a revocation ends who came in before it, once, and nobody else', async () => {
  const { revocations, enter, revoke, told } = createWorld();
  const [ada, bob] = [enter('ada'), enter('bob')];
  await revoke('ada');
  await vi.waitFor(() => expect(ada.ended).toHaveBeenCalledTimes(1));
  const back = enter('ada');
  // Read once more by somebody who is behind.
  await revocations.log.read(0);
  for (const { ended } of [bob, back]) expect(ended).not.toHaveBeenCalled();
  expect(ada.ended).toHaveBeenCalledTimes(1);
  expect(told).toEqual(['ada']);
});

it('whoever was being identified when he was revoked does not get in, and gets in when he was asked after it', async () => {
  const { revocations, enter, revoke, told } = createWorld();
  const { identified } = enter('ada');
  await revoke('ada');
  await vi.waitFor(() => expect(told).toEqual(['ada']));
  expect(() => revocations.refuse(identified)).toThrow(expect.objectContaining({ code: 'LOGIN_REQUIRED' }));
  expect(() => revocations.watch(identified, () => undefined)).toThrow();
  expect(() => enter('ada')).not.toThrow();
});

it('whoever was asked after the revocation stays, also where this node reads it only later', async () => {
  const { enter, revoke, setAway, told } = createWorld();
  const before = enter('ada');
  setAway(true);
  await revoke('ada');
  const after = enter('ada');
  setAway(false);
  await vi.waitFor(() => expect(told).toEqual(['ada']), 10_000);
  expect(before.ended).toHaveBeenCalledTimes(1);
  expect(after.ended).not.toHaveBeenCalled();
});

it('where the log was shortened past a node that was away, everybody from before comes in anew', async () => {
  const { store, enter, revoke, setAway, told } = createWorld();
  const ada = enter('ada');
  setAway(true);
  await revoke('ada');
  store.forgetUntil(store.log.head());
  setAway(false);
  await vi.waitFor(() => expect(ada.ended).toHaveBeenCalledTimes(1), 10_000);
  expect(told).toEqual([null]);
  expect(() => enter('ada')).not.toThrow();
});

it('where messages were removed that a node had not read, everybody from before comes in anew: one could have been about him', async () => {
  const { enter, say, told } = createWorld();
  const ada = enter('ada');
  await say({ type: removedMessagesType, to: { kind: 'scope', scope: {} } });
  await vi.waitFor(() => expect(ada.ended).toHaveBeenCalledTimes(1));
  expect(told).toEqual([null]);
});

it('all who are woken by an entry read it together', async () => {
  const { revocations, reads, revoke, told } = createWorld();
  const readTogether = () => Promise.all([revocations.log.read(0), revocations.log.read(0), revocations.log.read(0)]);
  await vi.waitFor(() => expect(reads()).toBe(1));
  await readTogether();
  expect(reads()).toBe(2);
  await revoke('ada');
  await vi.waitFor(() => expect(told).toEqual(['ada']));
  const [page] = await readTogether();
  expect(page?.entries).toHaveLength(1);
});
