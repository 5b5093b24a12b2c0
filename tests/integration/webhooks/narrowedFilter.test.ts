import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  const clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  receiver = await startReceiver(500);
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

const told = () => receiver.calls.slice(1).map(({ event }) => [event.type, event.data.id]);

describe('a filter that was narrowed', () => {
  it.each([
    ['resources', { resources: ['settings'] }],
    ['events', { events: ['deleted'] }],
    ['fields', { fields: ['note'] }],
  ])('by %s holds for what waits, too', async (_name, filter) => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    expect((await api.get(`/webhooks/${id}`)).body.pending).toBe(1);
    await api.patch(`/webhooks/${id}`).send(filter).expect(200);
    await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    await idle();
    expect(told()).toEqual([]);
    expect((await api.get(`/webhooks/${id}`)).body.pending).toBe(0);
  });

  it('lets through what it still names', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    await api
      .patch(`/webhooks/${id}`)
      .send({ resources: ['team'], events: ['created'], fields: ['name'] })
      .expect(200);
    await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    await idle();
    expect(told()).toEqual([['team.created', 'ada']]);
  });
});

it('a delivery of a resource that the filter does not name any more is not sent again', async () => {
  receiver.answers.splice(0);
  const { add, api, idle } = await world.start();
  const { id } = await add(receiver.url);
  await world.save('team', 'ada', { name: 'Ada' });
  await idle();
  const [row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
  const again = () => api.post(`/webhooks/${id}/deliveries/${row.id}/resend`);
  await again().expect(200);
  await api.patch(`/webhooks/${id}`).send({ resources: ['news'] }).expect(200); // prettier-ignore
  expect((await again().expect(400)).body.code).toBe('BAD_PARAMETER');
  expect(receiver.calls.length).toBe(2);
});

it('an endpoint that hears of no deletions is not told the last content of what was deleted while it waited', async () => {
  const { add, api, idle } = await world.start();
  const { id } = await add(receiver.url, undefined, { events: ['created', 'updated'] });
  await world.save('team', 'ada', { name: 'Ada' });
  await idle();
  await world.save('team', 'ada', null);
  await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
  await idle();
  expect(told()).toEqual([]);
  await world.save('team', 'ada', { name: 'Ada again' });
  await idle();
  expect(told()).toEqual([['team.created', 'ada']]);
});
