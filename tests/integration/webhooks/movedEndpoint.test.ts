import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let old: Awaited<ReturnType<typeof startReceiver>>;
let fresh: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  const clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  old = await startReceiver();
  fresh = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await old.close();
  await fresh.close();
});

describe('an endpoint whose address is changed while it is being called', () => {
  it.each([
    ['410', (response: ServerResponse) => response.writeHead(410).end()],
    ['503 with Retry-After', (response: ServerResponse) => response.writeHead(503, { 'retry-after': '36000' }).end()],
    ['200', (response: ServerResponse) => response.writeHead(200).end()],
  ])('is called at the new one at once, and %s of the old one changes nothing', async (_name, answer) => {
    let late: () => void = () => undefined;
    old.answers.push((response) => void (late = () => void answer(response)));
    const { add, api, idle } = await world.start();
    const { id } = await add(old.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await old.got(1);
    await api.patch(`/webhooks/${id}`).send({ url: fresh.url }).expect(200);
    late();
    await fresh.got(1);
    await idle();
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({
      url: fresh.url,
      active: true,
      disabledReason: null,
      quietUntil: null,
      pending: 0,
    });
    expect([old.calls.length, fresh.calls.map(({ event }) => event.data.id)]).toEqual([1, ['ada']]);
  });
});
