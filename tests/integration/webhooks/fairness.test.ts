import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  const clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

const calls = { healthy: 4, failing: 2, hanging: 2, perEndpoint: 2, slowAfterMs: 1_000, slow: 100 };
const pathsOf = (prefix: string) => receiver.calls.filter(({ path }) => path.startsWith(prefix)).length;

it('receivers that hang take no place from those that answer', async () => {
  const hangs = (path: string) => path.startsWith('/dead');
  receiver.answers.push(
    ...Array.from({ length: 200 }, () => (response: ServerResponse, call: { path: string }) => {
      if (!hangs(call.path)) response.writeHead(200).end();
    }),
  );
  const { add, idle } = await world.start({ calls });
  const base = receiver.url.replace('/hook', '');
  for (let n = 0; n < 10; n++) await add(`${base}/dead${n}`, ['team']);
  await world.save('team', 'a', { name: 'one' });
  // The dead are found out: each was called once in vain.
  for (let turn = 0; pathsOf('/dead') < 10; turn++) {
    await receiver.got(Math.min(10, (turn + 1) * calls.healthy));
    world.clock.advance(1_000);
  }
  world.clock.advance(15_000);
  await idle();
  for (let n = 0; n < 6; n++) await add(`${base}/living${n}`, ['team']);
  await world.save('team', 'a', { name: 'two' });
  world.clock.advance(5_000);
  await receiver.got(10 + calls.hanging + 6);
  // All of the living were told in the time in which two of the dead were tried.
  expect([pathsOf('/living'), pathsOf('/dead')]).toEqual([6, 10 + calls.hanging]);
});

it('what waits over all endpoints is bounded: the longest line becomes one reset', async () => {
  const { add, api, idle } = await world.start({ calls, maxWaiting: 100 });
  receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '3600' }).end());
  const { id } = await add(`${receiver.url}/dead`, ['team']);
  const living = await add(`${receiver.url}/living`, ['settings']);
  for (let n = 0; n < 120; n++) await world.save('team', `m${n}`, { name: 'M' });
  await idle();
  const pending = (await api.get(`/webhooks/${id}`)).body.pending as number;
  expect(pending).toBeLessThanOrEqual(25);
  await world.save('settings', 'main', { name: 'one' });
  await idle();
  expect((await api.get(`/webhooks/${living.id}`)).body.pending).toBe(0);
  receiver.calls.length = 0;
  world.clock.advance(3_600_000);
  await idle();
  expect(receiver.calls.map(({ event }) => event.type)).toContain('sync.reset');
});

const narrow = { healthy: 2, failing: 1, hanging: 1, perEndpoint: 1, slowAfterMs: 1_000, slow: 100 };
const never = (): void => undefined;

it('an endpoint that is moved is called at once, whoever hangs at the old address', async () => {
  const fresh = await startReceiver();
  receiver.answers.push(...Array.from({ length: 9 }, () => never));
  const { add, api } = await world.start({ calls: narrow });
  const ids = new Map<string, string>();
  for (const name of ['a', 'b']) ids.set(name, (await add(`${receiver.url}/${name}`, ['team'])).id);
  await world.save('team', 'a', { name: 'one' });
  await receiver.got(2);
  // Both hung, and one of them has the only place for that.
  world.clock.advance(15_000);
  await waitUntil('both wait', async () =>
    (await api.get('/webhooks')).body.every((one: { failingSince: string | null }) => one.failingSince !== null),
  );
  world.clock.advance(5_000);
  await receiver.got(3);
  const [other] = ['a', 'b'].filter((name) => !receiver.calls[2]?.path.endsWith(`/${name}`));
  await api
    .patch(`/webhooks/${ids.get(other ?? '')}`)
    .send({ url: fresh.url })
    .expect(200);
  await fresh.got(1);
  await fresh.close();
});

it('receivers that hung before a restart take no place from those that answered with an error', async () => {
  let status = 500;
  const answer = (response: ServerResponse, { path }: { path: string }): void => {
    if (path.endsWith('fails')) response.writeHead(status).end();
  };
  receiver.answers.push(...Array.from({ length: 100 }, () => answer));
  const first = await world.start({ calls: { ...narrow, healthy: 3 } });
  for (const name of ['hangs1', 'hangs2', 'fails']) await first.add(`${receiver.url}/${name}`, ['team']);
  await world.save('team', 'a', { name: 'one' });
  await waitUntil('one answered', async () =>
    (await first.api.get('/webhooks')).body.some((one: { failingSince: string | null }) => one.failingSince !== null),
  );
  world.clock.advance(15_000);
  await first.idle();
  await first.stop();
  world.clock.advance(60 * 60_000);
  status = 200;
  const second = await world.start({ calls: narrow });
  const pending = async () => (await second.api.get('/webhooks')).body.map((one: { pending: number }) => one.pending);
  await waitUntil('who answered is told', async () => (await pending()).includes(0), 5_000);
  expect((await pending()).sort()).toEqual([0, 1, 1]);
});
