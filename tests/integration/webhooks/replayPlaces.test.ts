import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let store: ReturnType<typeof memoryStore>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  const clock = createClock(Date.now());
  store = memoryStore({ now: clock.now });
  world = createWorld(store, clock);
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

describe('a replay of a paused endpoint', () => {
  it('keeps the earlier place when another one is ordered before it was carried out', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    const cursor = receiver.calls[0]?.event.data.cursor;
    await world.save('team', 'bob', { name: 'Bob' });
    await idle();
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    expect((await api.post(`/webhooks/${id}/replay`).send({ since: 0 })).body).toEqual({ records: 2 });
    expect((await api.post(`/webhooks/${id}/replay`).send({ since: cursor })).body).toEqual({ records: 1 });
    await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    await idle();
    const again = receiver.calls.slice(2).map(({ event }) => event.data.id);
    expect(again.sort()).toEqual(['ada', 'bob']);
    // What was carried out is no earlier place any more.
    await api.post(`/webhooks/${id}/replay`).send({ since: cursor }).expect(202);
    await idle();
    expect(receiver.calls.slice(4).map(({ event }) => event.data.id)).toEqual(['bob']);
  });
});

describe('a replay from before what is kept', () => {
  it.each([
    ['a cursor', () => `${store.log.epoch}:1`],
    ['a time', () => 0],
  ])('since %s is one sync.reset, not a part of it', async (_name, since) => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    for (const name of ['ada', 'bob']) await world.save('team', name, { name });
    await idle();
    store.forgetUntil(store.log.head());
    await world.save('team', 'eve', { name: 'Eve' });
    await idle();
    const before = receiver.calls.length;
    const answer = await api.post(`/webhooks/${id}/replay`).send({ since: since() }).expect(202);
    expect(answer.body).toEqual({ records: 0, reset: 'retention' });
    await idle();
    expect(receiver.calls.slice(before).map(({ event }) => [event.type, event.data.reason])).toEqual([
      ['sync.reset', 'retention'],
    ]);
  });
});
