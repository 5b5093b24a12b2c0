import { afterEach, beforeEach, expect, it } from 'vitest';
import { heldNotice } from '../../../backend/readers/webhooks/heldNotice.ts';
import { SyncError } from '../../../shared/problem.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

const hourMs = 60 * 60 * 1000;
const day = 24 * hourMs;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;
let isSilent: boolean;

beforeEach(async () => {
  const clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  receiver = await startReceiver();
  isSilent = false;
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

/** A sender whose name servers answer, or not, as the test says; the endpoint is at a name. */
async function startAtName(change: Parameters<typeof world.start>[0] = {}) {
  const sender = await world.start({
    ...change,
    async resolve(name) {
      if (isSilent) throw new SyncError('NAME_UNANSWERED', `Nobody said where ${name} is.`);
      return [{ address: '127.0.0.1', family: 4 }];
    },
  });
  const { id } = await sender.add(receiver.url.replace('127.0.0.1', 'hooks.example'));
  return { ...sender, id, endpoint: async () => (await sender.api.get(`/webhooks/${id}`)).body };
}

it('name servers that are silent for a week cost an endpoint no attempt, and what waited is told when they answer', async () => {
  const { api, id, endpoint, idle } = await startAtName();
  isSilent = true;
  await world.save('team', 'ada', { name: 'Ada' });
  await idle();
  for (const days of [3, 3, 1]) {
    world.clock.advance(days * day);
    await idle();
  }
  expect(await endpoint()).toMatchObject({ active: true, failingSince: null, pending: 1 });
  expect((await endpoint()).lastDelivery.error).toMatch(/^NAME_UNANSWERED: /);
  isSilent = false;
  world.clock.advance(6 * 60_000);
  await idle();
  expect(receiver.calls.map(({ event }) => event.data.id)).toEqual(['ada']);
  const [delivered, failed] = (await api.get(`/webhooks/${id}/deliveries`)).body;
  expect(delivered).toMatchObject({ outcome: 'delivered', attempt: 1 });
  expect(failed).toMatchObject({ outcome: 'failed', status: null, attempt: 1 });
});

it('an endpoint whose name nobody answers for is told of after a day, once for each time of silence', async () => {
  const told: unknown[] = [];
  const { id, idle } = await startAtName({
    onHeld: (endpoint, since, changedBy) => {
      told.push([endpoint.id, since, changedBy]);
      notices.push(heldNotice(endpoint, since, world.clock.now()));
    },
  });
  const notices: ReturnType<typeof heldNotice>[] = [];
  const pass = async (hours: number): Promise<void> => {
    for (let hour = 0; hour < hours; hour++) {
      world.clock.advance(hourMs);
      await idle();
    }
  };
  const silences: number[] = [];
  for (const name of ['one', 'two']) {
    isSilent = true;
    silences.push(world.clock.now());
    await world.save('team', 'ada', { name });
    await idle();
    await pass(23);
    expect(told.length).toBe(silences.length - 1);
    await pass(10);
    expect(told.length).toBe(silences.length);
    isSilent = false;
    await pass(1);
  }
  expect(told).toEqual(silences.map((since) => [id, since, ['u1']]));
  expect(new Set(notices.map((notice) => notice.id)).size).toBe(2);
  expect(notices[0]).toMatchObject({
    code: 'webhook.held',
    values: { name: expect.stringContaining('hooks.example') },
  });
});

it('a silent name is asked for after 5 seconds, then after twice as long each time, and once for all records that wait', async () => {
  const { api, id, endpoint, idle } = await startAtName();
  isSilent = true;
  for (const name of ['ada', 'bob', 'eve']) await world.save('team', name, { name });
  await idle();
  const waits: number[] = [];
  for (let turn = 0; turn < 8; turn++) {
    const [row] = (await api.get(`/webhooks/${id}/deliveries?limit=1`)).body;
    expect((await endpoint()).nextAttemptAt).toBe(row.nextAttemptAt);
    waits.push((Date.parse(row.nextAttemptAt) - world.clock.now()) / 1_000);
    world.clock.advance((waits.at(-1) ?? 0) * 1_000);
    await idle();
  }
  // Those that were begun beside the first one, before it was known, count as asked too.
  const doubled = waits.slice(1).map((wait, index) => wait / (waits[index] ?? 0));
  expect(doubled.every((ratio) => ratio === 2 || waits.at(-1) === 300)).toBe(true);
  expect([waits[0], waits.at(-1)]).toEqual([20, 300]);
});

it('a name that nobody answers for is no wrong address: registering it may be tried again', async () => {
  const { api } = await startAtName();
  isSilent = true;
  const { body } = await api.post('/webhooks').send({ url: 'https://other.example/' }).expect(503);
  expect(body.code).toBe('NAME_UNANSWERED');
});
