import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
let clock: ReturnType<typeof createClock>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

describe('a clock that is set back', () => {
  it.each([
    ['an hour', hour],
    ['forty days, by which it was ahead', 40 * day],
  ])('by %s makes no retry come later than its own wait', async (_name, back) => {
    clock.turn(back === hour ? 0 : back);
    receiver.answers.push(500);
    const { add, idle } = await world.start();
    await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    clock.turn(-back);
    // Until it is seen that the clock was turned, and the wait of a first failure.
    clock.advance(5_000);
    clock.advance(6_000);
    await idle();
    expect(receiver.calls.map(({ event }) => event.data.id)).toEqual(['ada', 'ada']);
  });

  it('makes no receiver wait longer, nor less, than it asked for', async () => {
    receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '600' }).end());
    const { add, idle } = await world.start();
    await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    clock.turn(-hour);
    clock.advance(9 * minute);
    await idle();
    expect(receiver.calls.length).toBe(1);
    clock.advance(2 * minute);
    await idle();
    expect(receiver.calls.length).toBe(2);
  });

  it('keeps nothing waiting after a restart', async () => {
    const [ahead, key] = [createClock(Date.now() + 40 * day), randomBytes(32)];
    const store = memoryStore({ now: ahead.now });
    receiver.answers.push(500);
    const first = createWorld(store, ahead, key);
    const sender = await first.start();
    await sender.add(receiver.url);
    await first.save('team', 'ada', { name: 'Ada' });
    await sender.idle();
    await sender.stop();
    const second = createWorld(store, clock, key);
    const { idle } = await second.start();
    await idle();
    clock.advance(6_000);
    await idle();
    expect(receiver.calls.length).toBe(2);
    await second.close();
  });
});

describe('a clock that is turned forward', () => {
  it('makes what is due by then told within a minute', async () => {
    receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '36000' }).end());
    const { add, idle } = await world.start();
    await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    clock.turn(11 * hour);
    clock.advance(minute);
    await idle();
    expect(receiver.calls.length).toBe(2);
  });

  it('does not count as days in which an endpoint took nothing', async () => {
    receiver.answers.push(500, 500);
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    clock.turn(40 * day);
    clock.advance(minute);
    await idle();
    expect(receiver.calls.length).toBe(2);
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ active: true, pending: 1 });
  });
});
