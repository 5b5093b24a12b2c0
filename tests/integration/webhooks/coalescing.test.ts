import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;
let store: ReturnType<typeof memoryStore>;

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

describe('several saves of one record', () => {
  it('while the receiver is busy become one call, and none overtakes another', async () => {
    let finish = (): void => {};
    receiver.answers.push((response) => (finish = () => void response.writeHead(200).end()));
    const webhooks = await world.start();
    await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await receiver.got(1);
    for (const name of ['two', 'three', 'four']) await world.save('settings', 'main', { name });
    finish();
    await webhooks.idle();
    expect(
      receiver.calls.map(({ event }) => [
        event.data.versions,
        event.data.record?.['name'],
        event.data.before?.['name'],
      ]),
    ).toEqual([
      [[1, 1], 'one', undefined],
      [[2, 4], 'four', 'one'],
    ]);
    expect(receiver.calls[1]?.event.data.patch).toContainEqual({ op: 'replace', path: '/name', value: 'four' });
  });

  it('fold as readers expect: created and changed is created, deleted and created is updated', async () => {
    receiver.answers.push(500);
    const webhooks = await world.start();
    await webhooks.add(receiver.url);
    await world.save('team', 'kept', { name: 'K' });
    await webhooks.idle();
    await world.save('team', 'kept', { name: 'K2' });
    await webhooks.idle();
    world.clock.advance(5_000);
    await webhooks.idle();
    receiver.answers.push(500);
    await world.save('team', 'kept', null);
    await webhooks.idle();
    await world.save('team', 'kept', { name: 'K3' });
    await webhooks.idle();
    world.clock.advance(5_000);
    await webhooks.idle();
    expect(receiver.calls.map(({ event }) => [event.type, event.data.versions])).toEqual([
      ['team.created', [1, 1]],
      ['team.created', [1, 2]],
      ['team.deleted', [3, 3]],
      ['team.updated', [3, 4]],
    ]);
    expect(receiver.calls[3]?.event.data.before).toMatchObject({ name: 'K2' });
  });
});

describe('an endpoint that lost its place', () => {
  it('gets one sync.reset instead of what is no longer kept, and then what follows', async () => {
    const first = await world.start();
    await first.add(receiver.url);
    await first.stop();
    for (const name of ['one', 'two', 'three']) await world.save('settings', 'main', { name });
    store.forgetUntil(store.log.head() - 1);
    const second = await world.start();
    await second.idle();
    await world.save('settings', 'main', { name: 'four' });
    await second.idle();
    expect(receiver.calls.map(({ event }) => [event.type, event.data.reason ?? event.data.record?.['name']])).toEqual([
      ['sync.reset', 'retention'],
      ['settings.updated', 'four'],
    ]);
  });

  it('gets one sync.reset when too many records wait', async () => {
    const first = await world.start();
    await first.add(receiver.url);
    await first.stop();
    for (let n = 0; n < 1_001; n++) await world.save('team', `m${n}`, { name: 'M' });
    const second = await world.start();
    await second.idle();
    expect(receiver.calls.map(({ event }) => event.data.reason)).toEqual(['overflow']);
  });
});
