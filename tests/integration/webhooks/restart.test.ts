import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import type { StateStore } from '../../../backend/stores/store.ts';
import { startReceiver, type Call } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await receiver.close();
});

function newWorld() {
  const world = createWorld();
  open.push(world);
  return world;
}

it('a sender that comes back tells what happened meanwhile, one call per record', async () => {
  const world = newWorld();
  const first = await world.start();
  const { secret } = await first.add(receiver.url);
  await world.save('settings', 'main', { name: 'v1' });
  await first.idle();
  await first.stop();
  for (let n = 2; n <= 300; n++) await world.save('settings', 'main', { name: `v${n}` });
  await world.save('team', 'ada', { name: 'Ada' });
  const second = await world.start();
  await second.idle();
  const events = receiver.calls.map(({ event }) => event).sort((a, b) => (a.type < b.type ? -1 : 1));
  expect(events.map(({ type, data }) => [type, data.versions, data.record?.['name']])).toEqual([
    ['settings.created', [1, 1], 'v1'],
    ['settings.updated', [2, 300], 'v300'],
    ['team.created', [1, 1], 'Ada'],
  ]);
  expect(events[1]?.data.before?.['name']).toBe('v1');
  for (const { body, headers } of receiver.calls) new Webhook(secret).verify(body, headers);
});

it('a sender that comes back keeps the waits of what failed', async () => {
  const world = newWorld();
  receiver.answers.push(500, 500);
  const first = await world.start();
  await first.add(receiver.url);
  await world.save('settings', 'main', { name: 'one' });
  await first.idle();
  world.clock.advance(5_000);
  await first.idle();
  await first.stop();
  const second = await world.start();
  world.clock.advance(299_999);
  await second.idle();
  expect(receiver.calls.length).toBe(2);
  world.clock.advance(1);
  await second.idle();
  expect(receiver.calls.length).toBe(3);
});

it('a call that was under way when the sender ended is made again with the same id', async () => {
  const world = newWorld();
  receiver.answers.push(() => {});
  const first = await world.start();
  await first.add(receiver.url);
  await world.save('settings', 'main', { name: 'one' });
  await receiver.got(1);
  await first.stop();
  const second = await world.start();
  await second.idle();
  const [lost, again] = receiver.calls.map(({ headers }) => headers['webhook-id']);
  expect(again).toBe(lost);
  expect(receiver.calls.length).toBe(2);
});

/** State that takes nothing any more after so many writes: whoever uses it hangs there for ever, as a killed process does. */
function dyingState(state: StateStore, writes: number): StateStore & { isDead(): boolean; kill(): void } {
  let left = writes;
  const never = new Promise<never>(() => {});
  return {
    ...state,
    put(...write) {
      left -= 1;
      return left < 0 ? never : state.put(...write);
    },
    isDead: () => left < 0,
    kill: () => void (left = 0),
  };
}

it('a sender that is killed before any of its writes loses nothing and never goes back', async () => {
  let everDied = 0;
  for (let writes = 0; writes < 12; writes++) {
    const world = newWorld();
    receiver.calls.length = 0;
    receiver.answers.splice(0, Infinity, 200, 500, 200, 500);
    const state = dyingState(world.store.state, writes);
    const first = await world.start({ state });
    await first.add(receiver.url);
    for (let n = 1; n <= 3; n++) {
      await world.save('settings', 'main', { name: `s${n}` });
      await world.save('team', `m${n}`, { name: `m${n}` });
      // Until it has done all that it can, or hangs in the write that it did not survive.
      for (let turn = 0; turn < 30 && !state.isDead(); turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    if (state.isDead()) everDied += 1;
    state.kill();
    const second = await world.start();
    world.clock.advance(5_000);
    await second.idle();
    world.clock.advance(300_000);
    await second.idle();
    const newest = new Map<string, Call['event']['data']>();
    for (const { event } of receiver.calls) newest.set(`${event.data.resource}/${event.data.id}`, event.data);
    expect([...newest].map(([key, { version }]) => `${key} ${version}`).sort()).toEqual([
      'settings/main 3',
      'team/m1 1',
      'team/m2 1',
      'team/m3 1',
    ]);
    const contents = new Map<string, string>();
    for (const { headers, event } of receiver.calls) {
      const id = headers['webhook-id'] ?? '';
      expect(contents.get(id) ?? JSON.stringify(event)).toBe(JSON.stringify(event));
      contents.set(id, JSON.stringify(event));
    }
    await world.close();
  }
  expect(everDied).toBeGreaterThan(5);
});

it('no call is made before the state that asks for it is durable', async () => {
  const world = newWorld();
  // One write, for its place in the log; the next one, with what is to be told, never ends.
  const state = dyingState(world.store.state, 1);
  const webhooks = await world.start({ state });
  await webhooks.add(receiver.url);
  await world.save('settings', 'main', { name: 'one' });
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect([state.isDead(), receiver.calls.length]).toEqual([true, 0]);
});

it('a process that is killed in the middle of a call makes it again with the same id after its next start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'webhooks-'));
  open.push({ close: () => rm(folder, { recursive: true }) });
  const key = randomBytes(32).toString('hex');
  const start = (...more: string[]): ChildProcess =>
    spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('senderProcess.ts', import.meta.url)), folder, key, ...more],
      { stdio: 'inherit' },
    );
  receiver.answers.push(() => {});
  const first = start(receiver.url);
  const firstEnd = once(first, 'exit');
  await receiver.got(1);
  first.kill('SIGKILL');
  await firstEnd;
  const [exitCode] = await once(start(), 'exit');
  expect(exitCode).toBe(0);
  const ids = receiver.calls.map(({ headers }) => headers['webhook-id']);
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
});

it('two senders of one endpoint never mix their states: at worst a call is made twice', async () => {
  const world = newWorld();
  const [one, two] = [await world.start(), await world.start()];
  await one.add(receiver.url);
  await two.idle();
  for (let n = 1; n <= 20; n++) await world.save('team', `m${n % 4}`, { name: `n${n}` });
  await Promise.all([one.idle(), two.idle()]);
  const newest = new Map(receiver.calls.map(({ event }) => [event.data.id, event.data.version]));
  expect(Math.max(...receiver.calls.map(({ event }) => event.data.version))).toBe(5);
  expect([...newest.keys()].sort()).toEqual(['m0', 'm1', 'm2', 'm3']);
  expect(world.errors).toEqual([]);
});

it('the embedded store keeps the place, and another log tells the receiver to load everything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'webhooks-'));
  open.push({ close: () => rm(folder, { recursive: true }) });
  const clock = createClock(Date.now());
  const firstStore = lowdbStore({ folder });
  await firstStore.open();
  const before = createWorld(firstStore, clock);
  const first = await before.start();
  const { id } = await first.add(receiver.url);
  await before.save('settings', 'main', { name: 'one' });
  await first.idle();
  await first.stop();
  await before.save('settings', 'main', { name: 'two' });
  await firstStore.close();

  const secondStore = lowdbStore({ folder });
  await secondStore.open();
  const state = await secondStore.state.get('webhooks', id);
  expect(state?.value).toMatchObject({ cursor: { epoch: secondStore.log.epoch, seq: 2 }, pending: {} });
  const value = { ...(state?.value as object), cursor: { epoch: '01890000-0000-7000-8000-000000000000', seq: 1 } };
  await secondStore.state.put('webhooks', id, value);
  await secondStore.close();

  const thirdStore = lowdbStore({ folder });
  await thirdStore.open();
  const after = createWorld(thirdStore, clock, before.key);
  const third = await after.start();
  await third.idle();
  expect(receiver.calls.map(({ event }) => [event.type, event.data.reason])).toEqual([
    ['settings.created', undefined],
    ['sync.reset', 'epoch'],
  ]);
  await third.stop();
  await thirdStore.close();
});
