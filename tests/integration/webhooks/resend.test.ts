import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
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

/** Resolves when something is asked of the history of records: a resend looks there before it stands in the line. */
function historyAsked(): Promise<void> {
  const { log } = world.store;
  const { history } = log;
  return new Promise((resolve) => {
    log.history = (...of) => {
      log.history = history;
      resolve();
      return history(...of);
    };
  });
}

const told = () => receiver.calls.map(({ event: { data } }) => [data.id, data.versions]);

describe('a resend that is asked for while its record is being told', () => {
  it.each([
    ['taken', 200, [1, 2]],
    ['refused', 500, [1, 2]],
  ] as const)('is one call after that one, which was %s', async (_name, status, versions) => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    const [row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
    let underWay: ServerResponse | undefined;
    receiver.answers.push((response) => void (underWay = response));
    await world.save('team', 'ada', { name: 'two' });
    await receiver.got(2);
    const asked = historyAsked();
    const answer = api.post(`/webhooks/${id}/deliveries/${row.id}/resend`).then(({ body }) => body);
    await asked;
    await new Promise((resolve) => setImmediate(resolve));
    expect(receiver.calls.length).toBe(2);
    underWay?.writeHead(status).end();
    expect(await answer).toMatchObject({ kind: 'resend', outcome: 'delivered', versions });
    await idle();
    expect(told()).toEqual([['ada', [1, 1]], ['ada', [2, 2]], ['ada', versions]]); // prettier-ignore
    expect((await api.get(`/webhooks/${id}`)).body.pending).toBe(0);
  });
});

describe('a record that is sent again', () => {
  it('is sent in its newest version, alone, and in spite of the pause that the receiver asked for', async () => {
    receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    for (const name of ['one', 'two']) await world.save('team', 'ada', { name });
    await idle();
    await world.save('team', 'bob', { name: 'Bob' });
    await idle();
    const { body } = await api.post(`/webhooks/${id}/resend`).send({ resource: 'team', id: 'ada' }).expect(200);
    expect(body).toMatchObject({ kind: 'resend', outcome: 'delivered', recordId: 'ada' });
    await idle();
    expect(receiver.calls.map(({ event: { data } }) => [data.id, data.version])).toEqual([
      ['ada', expect.any(Number)],
      ['ada', 2],
    ]);
    const endpoint = (await api.get(`/webhooks/${id}`)).body;
    expect(endpoint).toMatchObject({ pending: 1 });
    expect(Date.parse(endpoint.quietUntil)).toBeGreaterThan(world.clock.now());
  });

  it('goes to a paused endpoint too, two that are asked for at once one after the other', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    let underWay: ServerResponse | undefined;
    receiver.answers.push((response) => void (underWay = response));
    const again = () => api.post(`/webhooks/${id}/resend`).send({ resource: 'team', id: 'ada' }).then(({ body }) => body); // prettier-ignore
    const first = again();
    await receiver.got(2);
    const asked = historyAsked();
    const second = again();
    await asked;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(receiver.calls.length).toBe(2);
    underWay?.writeHead(200).end();
    expect([(await first).outcome, (await second).outcome]).toEqual(['delivered', 'delivered']);
    expect(receiver.calls.length).toBe(3);
  });

  it('is never an older version after a newer one, though its endpoint is switched on while it waits', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    let underWay: ServerResponse | undefined;
    receiver.answers.push((response) => void (underWay = response));
    const again = () => api.post(`/webhooks/${id}/resend`).send({ resource: 'team', id: 'ada' }).then(({ body }) => body); // prettier-ignore
    const first = again();
    await receiver.got(2);
    const asked = historyAsked();
    const second = again();
    await asked;
    await world.save('team', 'ada', { name: 'two' });
    await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    const third = again();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(receiver.calls.length).toBe(2);
    underWay?.writeHead(200).end();
    const rows = [await first, await second, await third];
    expect(rows.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered', 'delivered']);
    await idle();
    const versions = receiver.calls.map(({ event: { data } }) => data.version);
    expect([versions.slice(0, 2), new Set(versions.slice(2))]).toEqual([[1, 1], new Set([2])]);
    expect((await api.get(`/webhooks/${id}`)).body.pending).toBe(0);
  });

  it('goes to the address that a paused endpoint has when its turn comes', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    let underWay: ServerResponse | undefined;
    receiver.answers.push((response) => void (underWay = response));
    const again = () => api.post(`/webhooks/${id}/resend`).send({ resource: 'team', id: 'ada' }).then(({ body }) => body); // prettier-ignore
    const first = again();
    await receiver.got(2);
    const asked = historyAsked();
    const second = again();
    await asked;
    await api.patch(`/webhooks/${id}`).send({ url: `${receiver.url}/new` }).expect(200); // prettier-ignore
    underWay?.writeHead(200).end();
    await Promise.all([first, second]);
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook/new']);
  });

  it('has to exist, to be seen by visitors, and to be one that the endpoint hears of', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url, ['team', 'news']);
    await world.save('news', 'draft', { name: 'not published' });
    await world.save('settings', 'main', { name: 'one' });
    await idle();
    const ask = async (body: object) => {
      const { status, body: problem } = await api.post(`/webhooks/${id}/resend`).send(body);
      return [status, problem.code];
    };
    expect(await ask({ resource: 'team', id: 'nobody' })).toEqual([404, 'NOT_FOUND']);
    expect(await ask({ resource: 'news', id: 'draft' })).toEqual([404, 'NOT_FOUND']);
    expect(await ask({ resource: 'nothing', id: 'a' })).toEqual([404, 'NOT_FOUND']);
    expect(await ask({ resource: 'settings', id: 'main' })).toEqual([400, 'BAD_PARAMETER']);
    expect(await ask({ resource: 'team' })).toEqual([400, 'BAD_PARAMETER']);
    expect((await api.get(`/webhooks/${id}/resend`).expect(405)).headers['allow']).toBe('POST');
    expect(receiver.calls).toEqual([]);
  });
});
