import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let clock: ReturnType<typeof createClock>;
let world: ReturnType<typeof createWorld>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

const failAlways = () => {
  for (let call = 0; call < 5; call += 1) receiver.answers.push((response) => response.writeHead(500).end());
};

describe('an older version, of which only a newer one waits,', () => {
  it('is not called sent when the endpoint was added after it', async () => {
    const { add, idle, reachOf } = await world.start();
    await world.save('team', 'ada', { name: 'one' });
    await add(receiver.url);
    await idle();
    failAlways();
    await world.save('team', 'ada', { name: 'two' });
    await idle();
    expect((await reachOf('team', 'ada', 1))[0]?.state).not.toBe('sent');
    expect((await reachOf('team', 'ada', 2))[0]?.state).toBe('failed');
  });

  it('is not called sent when a filter hid it then', async () => {
    const { add, api, idle, reachOf } = await world.start();
    const { id } = await add(receiver.url, ['news']);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    const widened = { resources: ['news', 'team'] };
    await api.patch(`/webhooks/${id}`).send(widened).expect(200);
    await idle();
    failAlways();
    await world.save('team', 'ada', { name: 'two' });
    await idle();
    expect((await reachOf('team', 'ada', 1))[0]?.state).not.toBe('sent');
  });

  it('is not called sent while a reset stands for it that nobody took', async () => {
    const { add, idle, reachOf } = await world.start();
    await add(receiver.url);
    receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '36000' }).end());
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    for (let record = 0; record < 1001; record += 1) await world.save('team', `m${record}`, { name: 'x' });
    await idle();
    await world.save('team', 'm5', { name: 'y' });
    await idle();
    expect((await reachOf('team', 'm5', 1))[0]?.state).toBe('waiting');
    expect(receiver.calls).toHaveLength(1);
  });

  it('stays sent when the receiver took it', async () => {
    const { add, idle, reachOf } = await world.start();
    await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    failAlways();
    await world.save('team', 'ada', { name: 'two' });
    await idle();
    const states = [await reachOf('team', 'ada', 1), await reachOf('team', 'ada', 2)].map(([one]) => one?.state);
    expect(states).toEqual(['sent', 'failed']);
  });
});
