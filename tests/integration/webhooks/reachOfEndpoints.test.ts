import { afterEach, beforeEach, expect, it } from 'vitest';
import { SyncError } from '../../../shared/problem.ts';
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

/** A sender with one endpoint, which was told of two versions of a record. */
async function startTold() {
  const sender = await world.start();
  const { id } = await sender.add(old.url);
  for (const name of ['one', 'two']) {
    await world.save('team', 'ada', { name });
    await sender.idle();
  }
  const path = `/webhooks/${id}`;
  return {
    ...sender,
    path,
    change: (fields: object) => sender.api.patch(path).send(fields).expect(200),
    again: () => sender.api.post(`${path}/resend`).send({ resource: 'team', id: 'ada' }).expect(200),
    reach: async (version: number, of = 'ada') => (await sender.reachOf('team', of, version))[0],
  };
}

it('what only the old address of an endpoint took is not told to its new one, until it is sent there', async () => {
  const { change, again, reach, idle } = await startTold();
  expect(await reach(2)).toMatchObject({ state: 'sent', version: 2 });
  await change({ url: fresh.url });
  await idle();
  const server = new URL(fresh.url).origin;
  expect(await reach(2)).toMatchObject({ server, state: 'notTold', why: 'moved', version: null });
  await again();
  expect(await reach(2)).toMatchObject({ server, state: 'sent', why: null, version: 2 });
  await change({ url: old.url });
  await change({ url: fresh.url });
  expect(await reach(2)).toMatchObject({ state: 'sent', version: 2 });
  await world.save('team', 'ada', { name: 'three' });
  await idle();
  expect(await reach(3)).toMatchObject({ state: 'sent', version: 3 });
  expect(fresh.calls.map(({ event: { data } }) => data.version)).toEqual([2, 3]);
});

it('what waits for the new address is only what was saved since, and nothing before it counts as taken there', async () => {
  const { change, reach, idle } = await startTold();
  await change({ url: fresh.url });
  fresh.answers.push(500);
  await world.save('team', 'ada', { name: 'three' });
  await idle();
  expect(await reach(3)).toMatchObject({ state: 'failed' });
  expect(await reach(2)).toMatchObject({ state: 'notTold', why: 'moved' });
});

it('what a receiver loads after a reset counts as sent to it, and not to the address that the endpoint gets then', async () => {
  const { change, reach, idle } = await startTold();
  old.answers.push((response) => response.writeHead(503, { 'retry-after': '36000' }).end());
  await world.save('team', 'ada', { name: 'three' });
  await idle();
  for (let n = 0; n < 1_001; n++) await world.save('team', `m${n}`, { name: 'x' });
  await idle();
  expect(await reach(1, 'm5')).toMatchObject({ state: 'waiting' });
  world.clock.advance(36_000_000);
  await idle();
  expect(old.calls.map(({ event }) => event.type)).toContain('sync.reset');
  expect(await reach(1, 'm5')).toMatchObject({ state: 'sent', why: 'reset', version: null });
  expect(await reach(3)).toMatchObject({ state: 'sent' });
  await change({ url: fresh.url });
  await idle();
  expect(await reach(1, 'm5')).toMatchObject({ state: 'notTold' });
});

it('a resend in vain takes nothing back of what was told before it', async () => {
  const { change, again, reach, idle } = await startTold();
  await change({ active: false });
  old.answers.push(500);
  expect((await again()).body).toMatchObject({ outcome: 'failed' });
  await change({ active: true });
  await idle();
  expect(await reach(2)).toMatchObject({ state: 'sent', version: 2, error: null });
});

it('an endpoint says which version it took last, and which one its receiver said to serve', async () => {
  const { api, path, idle } = await startTold();
  old.answers.push((response) => response.writeHead(200, { 'x-sync-shown': '1' }).end());
  await world.save('team', 'ada', { name: 'three' });
  await idle();
  expect((await api.get(path)).body.lastDelivery).toMatchObject({ error: null, version: 3, shownVersion: 1 });
});

it('an endpoint whose name nobody answers for waits, since when and for what is said at once, and not after a call', async () => {
  let isSilent = false;
  const { add, api, idle, reachOf } = await world.start({
    async resolve(name) {
      if (isSilent) throw new SyncError('NAME_UNANSWERED', `Nobody said where ${name} is.`);
      return [{ address: '127.0.0.1', family: 4 }];
    },
  });
  const { id } = await add(old.url.replace('127.0.0.1', 'hooks.example'));
  isSilent = true;
  await world.save('team', 'ada', { name: 'Ada' });
  await idle();
  const heldSince = new Date(world.clock.now()).toISOString();
  world.clock.advance(3_600_000);
  await idle();
  expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ heldSince, failingSince: null });
  const [waiting] = await reachOf('team', 'ada', 1);
  expect(waiting).toMatchObject({ state: 'waiting', error: expect.stringContaining('NAME_UNANSWERED') });
  isSilent = false;
  world.clock.advance(6 * 60_000);
  await idle();
  expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ heldSince: null, pending: 0 });
  expect((await reachOf('team', 'ada', 1))[0]).toMatchObject({ state: 'sent', error: null });
});
