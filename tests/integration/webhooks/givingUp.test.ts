import { afterEach, beforeEach, expect, it } from 'vitest';
import { disabledNotice } from '../../../backend/readers/webhooks/disabledNotice.ts';
import { toEndpoint } from '../../../backend/readers/webhooks/webhooksResource.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

const day = 24 * 60 * 60_000;
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

/** A sender with one endpoint that refuses everything, and days that go by. */
async function startRefused() {
  receiver.answers.push(...Array.from({ length: 100 }, () => 500));
  const sender = await world.start();
  const { id } = await sender.add(receiver.url);
  await world.save('team', 'ada', { name: 'Ada' });
  await sender.idle();
  const path = `/webhooks/${id}`;
  return {
    ...sender,
    path,
    endpoint: async () => (await sender.api.get(path)).body,
    notice: async () => {
      const endpoint = toEndpoint(await world.store.load('webhooks', id));
      return endpoint && disabledNotice(endpoint);
    },
    async passDay(): Promise<void> {
      for (let half = 0; half < 2; half++) {
        world.clock.advance(day / 2);
        await sender.idle();
      }
    },
  };
}

it('an endpoint that takes nothing for five days is switched off, however often its record is saved meanwhile', async () => {
  const { api, path, endpoint, notice, passDay } = await startRefused();
  for (let days = 1; days <= 4; days++) {
    await passDay();
    await api
      .patch(path)
      .send({ description: `day ${days}` })
      .expect(200);
    await api.post(`${path}/rotate`).expect(200);
  }
  expect(await endpoint()).toMatchObject({ active: true, disabledCode: null });
  await passDay();
  await passDay();
  expect(await endpoint()).toMatchObject({ active: false, disabledCode: 'failing' });
  expect((await notice())?.values).toMatchObject({ why: 'failing' });
});

it('an endpoint that was switched on again, or moved, has five days from then on', async () => {
  const { api, path, endpoint, passDay } = await startRefused();
  for (const change of [{ active: true }, { url: `${receiver.url}/2` }]) {
    for (let days = 1; days <= 4; days++) await passDay();
    await api.patch(path).send(change).expect(200);
    await passDay();
    expect(await endpoint()).toMatchObject({ active: true });
  }
});

it('an endpoint that its receiver ended with 410 has a code that says so, until it is switched on again', async () => {
  const { api, path, endpoint } = await startRefused();
  receiver.answers.splice(0, receiver.answers.length, 410);
  await api.patch(path).send({ active: true }).expect(200);
  await receiver.got(2);
  await waitUntil('it is switched off', async () => !(await endpoint()).active);
  expect(await endpoint()).toMatchObject({ active: false, disabledCode: 'gone' });
  expect((await api.patch(path).send({ active: true }).expect(200)).body).toMatchObject({ disabledCode: null });
});

it.each([
  ['The receiver answered 410: it wants no more webhooks.', 'gone'],
  ['Nothing was taken for 5 days; the last error: The name "410.example.com" does not resolve.', 'failing'],
  ['An admin of 2020 wrote 410 days into it.', 'other'],
])('a record of an older release, "%s", has the code %s', (disabledReason, code) => {
  const record = { url: 'https://site.example', active: false, disabledReason, secret: '', createdAt: '' };
  expect(toEndpoint({ id: 'a', version: 1, changedAt: 0, record })?.disabledCode).toBe(code);
});
