import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageEntry, MessageTarget } from '../../../backend/log/entry.ts';
import { createMessageQueueService, type MessageQueue } from '../../../backend/messages/messageQueueService.ts';
import { createRecentPlaces } from '../../../backend/messages/recentPlaces.ts';
import { removedMessages } from '../../../backend/log/removedMessages.ts';
import { memoryStore, type MemoryStore } from '../../helpers/memoryStore.ts';

const minuteMs = 60_000;
let now: number;
let store: MemoryStore;
let queues: MessageQueue[];
beforeEach(() => {
  now = Date.parse('2024-01-01');
  store = memoryStore({ now: () => now });
  queues = [];
});
afterEach(() => queues.forEach((queue) => queue.close()));

function open(options: Partial<Parameters<typeof createMessageQueueService>[0]> = {}): MessageQueue {
  const queue = createMessageQueueService({ log: store.log, now: () => now, ...options });
  queues.push(queue);
  return queue;
}
const toUser = (...ids: string[]): MessageTarget => ({ kind: 'users', ids });
async function send(to: MessageTarget, count = 1): Promise<MessageEntry[]> {
  const entries: MessageEntry[] = [];
  for (let n = 0; n < count; n += 1) {
    const [outcome] = await store.commit([
      { entry: { kind: 'message', id: `m${n}`, type: 'test', payload: n, to, from: null } },
    ]);
    if (outcome?.status === 'committed' && outcome.entry.kind === 'message') entries.push(outcome.entry);
  }
  return entries;
}
const caughtUp = (queue: MessageQueue) => vi.waitFor(() => expect(queue.stats().lag).toBe(0), { interval: 1 });
const kept = (queue: MessageQueue, entries: readonly MessageEntry[], userId: string) =>
  entries.filter((entry) => queue.isKept(entry, userId)).map(({ payload }) => payload);

describe('the message queue', () => {
  it('a message is told for five minutes and not longer', async () => {
    const queue = open();
    const [entry] = (await send(toUser('a'))) as [MessageEntry];
    await caughtUp(queue);
    now = entry.at + 5 * minuteMs;
    expect(queue.isKept(entry, 'a')).toBe(true);
    now += 1;
    expect(queue.isKept(entry, 'a')).toBe(false);
  });

  it('of one user the newest thousand are told; another user\u2019s are not counted with them', async () => {
    const queue = open();
    const [other] = await send(toUser('b'));
    const entries = await send(toUser('a'), 1_003);
    const both = await send(toUser('a', 'b'));
    await caughtUp(queue);
    expect(kept(queue, entries, 'a')[0]).toBe(4);
    expect(kept(queue, entries, 'a').length).toBe(999);
    expect([kept(queue, both, 'a').length, kept(queue, [other as MessageEntry], 'b').length]).toEqual([1, 1]);
    expect(queue.stats()).toEqual({ kept: 1_002, pushedOut: 4, users: 2, rooms: 0, scopes: 0, lag: 0 });
  });

  it('what was pushed out stays so, however many more come and however the list is shortened', async () => {
    const queue = open({ perUser: 2 });
    const entries: MessageEntry[] = [];
    for (let n = 1; n <= 12; n += 1) {
      entries.push(...(await send(toUser('a'))));
      await caughtUp(queue);
      expect([n, entries.filter((entry) => queue.isKept(entry, 'a')).length]).toEqual([n, Math.min(n, 2)]);
      expect(queue.isKept(entries.at(-1) as MessageEntry, 'a')).toBe(true);
    }
  });

  it('rooms and scopes have their own newest, in whatever order a scope names its values', async () => {
    const queue = open({ perUser: 1 });
    const room = await send({ kind: 'room', room: 'r' }, 2);
    const otherRoom = await send({ kind: 'room', room: 's' });
    const scope = [
      ...(await send({ kind: 'scope', scope: { a: 1, b: 2 } })),
      ...(await send({ kind: 'scope', scope: { b: 2, a: 1 } })),
    ];
    await caughtUp(queue);
    const told = [room, otherRoom, scope].map((entries) => entries.map((entry) => queue.isKept(entry, 'a')));
    expect(told).toEqual([[false, true], [true], [false, true]]);
    expect(queue.stats()).toMatchObject({ kept: 3, pushedOut: 2, rooms: 2, scopes: 1 });
  });

  it('a queue that starts later knows what was sent in the last five minutes', async () => {
    const old = await send(toUser('a'), 3);
    now += 4 * minuteMs;
    const young = await send(toUser('a'), 2);
    now += 2 * minuteMs;
    const queue = open({ perUser: 1 });
    await caughtUp(queue);
    expect([kept(queue, old, 'a'), kept(queue, young, 'a')]).toEqual([[], [1]]);
    expect(queue.stats()).toMatchObject({ kept: 1, pushedOut: 1 });
  });

  it('a queue that starts where nothing is young has read everything', async () => {
    await send(toUser('a'), 3);
    now += 6 * minuteMs;
    const queue = open();
    await caughtUp(queue);
    expect(queue.stats()).toMatchObject({ kept: 0, users: 0 });
  });

  it('a message that the queue has not read yet is told', async () => {
    const deaf = { ...store.log, epoch: store.log.epoch, read: () => new Promise<never>(() => undefined) };
    const queue = open({ log: deaf, perUser: 1 });
    const entries = await send(toUser('a'), 3);
    expect(kept(queue, entries, 'a')).toEqual([0, 1, 2]);
  });

  it('what is too old is forgotten, user by user', async () => {
    const queue = open({ cleanupMs: 1 });
    await send(toUser('a'), 3);
    now += 4 * minuteMs;
    await send(toUser('b'), 2);
    await caughtUp(queue);
    expect(queue.stats()).toMatchObject({ kept: 5, users: 2 });
    now += 2 * minuteMs;
    await vi.waitFor(() => expect(queue.stats()).toMatchObject({ kept: 2, users: 1 }), { interval: 1 });
  });

  it('the entry that stands for removed messages is never told', async () => {
    const queue = open();
    await caughtUp(queue);
    expect(queue.isKept(removedMessages({ seq: 99, at: now }), 'a')).toBe(false);
  });

  it('a log that cannot be read is reported and tried again', async () => {
    let failures = 2;
    const errors: unknown[] = [];
    const failing = {
      ...store.log,
      epoch: store.log.epoch,
      placeAt: (time: number) => (failures-- > 0 ? Promise.reject(new Error('away')) : store.log.placeAt(time)),
    };
    const queue = open({ log: failing, onError: (error) => errors.push(error), cleanupMs: 1 });
    const entries = await send(toUser('a'), 2);
    await vi.waitFor(() => expect(errors.length).toBe(2), { interval: 1 });
    await caughtUp(queue);
    expect(kept(queue, entries, 'a')).toEqual([0, 1]);
  });
});

describe('recent places', () => {
  it('forgetting old places brings none back that was pushed out', () => {
    const places = createRecentPlaces(2);
    for (const seq of [1, 2, 3, 4, 5]) places.push(seq);
    expect([1, 2, 3, 4, 5].map((seq) => places.isAmongNewest(seq))).toEqual([false, false, false, true, true]);
    expect([places.forgetUpTo(4), places.size]).toEqual([1, 1]);
    expect(places.isAmongNewest(3)).toBe(false);
    expect(places.forgetUpTo(9)).toBe(0);
  });
});
