import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webhooksBucket } from '../../../backend/readers/webhooks/endpointState.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

let store: ReturnType<typeof memoryStore>;
let old: Awaited<ReturnType<typeof startReceiver>>;
let fresh: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  const clock = createClock(Date.now());
  store = memoryStore({ now: clock.now });
  world = createWorld(store, clock);
  old = await startReceiver();
  fresh = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await old.close();
  await fresh.close();
});

/** Does something between the next reading of an endpoint's record and what is made of it. */
function atNextLoad(step: () => Promise<unknown>): void {
  const { load } = store;
  store.load = async (resource, id) => {
    const stored = await load(resource, id);
    if (resource !== 'webhooks') return stored;
    store.load = load;
    await step();
    return stored;
  };
}

describe('an endpoint that its receiver ends with 410 in the moment in which an admin', () => {
  it('moves it stays on, and is called at the new address', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(old.url);
    old.answers.push((response) => {
      atNextLoad(() => api.patch(`/webhooks/${id}`).send({ url: fresh.url }).expect(200));
      response.writeHead(410).end();
    });
    await world.save('team', 'ada', { name: 'Ada' });
    await fresh.got(1);
    await idle();
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ url: fresh.url, active: true, pending: 0 });
  });

  it('pauses it is paused by him, not switched off', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(old.url);
    let paused: Promise<number> | undefined;
    old.answers.push((response) => {
      // Not waited for: it ends the calls, and this one among them waits here.
      atNextLoad(async () => {
        paused = api
          .patch(`/webhooks/${id}`)
          .send({ active: false })
          .then(({ status }) => status);
        await waitUntil('it is paused', async () => (await store.load('webhooks', id))?.record?.['active'] === false);
      });
      response.writeHead(410).end();
    });
    await world.save('team', 'ada', { name: 'Ada' });
    await old.got(1);
    await idle();
    expect(await paused).toBe(200);
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ active: false, disabledReason: null });
  });
});

describe('two replays that are ordered at once', () => {
  it('are told from the earlier place, whichever is stored last', async () => {
    let atNextGet: (() => Promise<unknown>) | null = null;
    const { state } = store;
    const { add, api, idle } = await world.start({
      state: {
        ...state,
        async get(bucket, key) {
          const found = await state.get(bucket, key);
          const step = bucket === webhooksBucket ? atNextGet : null;
          if (step) atNextGet = null;
          await step?.();
          return found;
        },
      },
    });
    const { id } = await add(old.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    const cursor = old.calls[0]?.event.data.cursor;
    await world.save('team', 'bob', { name: 'Bob' });
    await idle();
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    const replay = (since: unknown) => api.post(`/webhooks/${id}/replay`).send({ since }).expect(202);
    atNextGet = () => replay(0);
    await replay(cursor);
    await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    await idle();
    expect(old.calls.slice(2).map(({ event }) => event.data.id).sort()).toEqual(['ada', 'bob']); // prettier-ignore
  });
});

describe('an endpoint that was moved twice', () => {
  it('is not called at the address in between when the log tells of it later', async () => {
    const between = await startReceiver(500);
    const { log } = store;
    const { read } = log;
    let upTo = Infinity;
    log.read = async (after, limit) => {
      const page = await read(after, limit);
      return { ...page, head: Math.min(page.head, upTo), entries: page.entries.filter(({ seq }) => seq <= upTo) };
    };
    const { add, api, idle, readers } = await world.start();
    old.answers.push(500);
    fresh.answers.push(500);
    const { id } = await add(old.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    upTo = log.head();
    const inBetween = upTo + 1;
    await api.patch(`/webhooks/${id}`).send({ url: between.url }).expect(200);
    await between.got(1);
    await api.patch(`/webhooks/${id}`).send({ url: fresh.url }).expect(200);
    await fresh.got(1);
    await waitUntil('it waits', async () => (await api.get(`/webhooks/${id}`)).body.lastDelivery?.status === 500);
    // The reader of the log comes to the first move, and nobody gets to look at the record itself meanwhile.
    const { load } = store;
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    store.load = async (...of) => {
      await held;
      return load(...of);
    };
    upTo = inBetween;
    await waitUntil('the log is read', () => readers()[0]?.seq === inBetween);
    world.clock.advance(60 * 60_000);
    await waitUntil('it is called', () => between.calls.length + fresh.calls.length === 3);
    go();
    expect([between.calls.length, fresh.calls.length]).toEqual([1, 2]);
    await between.close();
  });
});
