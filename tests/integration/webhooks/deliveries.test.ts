import { Webhook } from 'standardwebhooks';
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

describe('every attempt', () => {
  it('is a row, newest first, with its outcome in words, when it is tried again and what the receiver shows', async () => {
    receiver.answers.push(500, (response) => response.writeHead(200, { 'x-sync-shown': '1' }).end('fine'));
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'Ada' });
    await idle();
    const failedAt = world.clock.now();
    world.clock.advance(5_000);
    await idle();
    const { body } = await api.get(`/webhooks/${id}/deliveries`).expect(200);
    const about = { kind: 'event', type: 'team.created', resource: 'team', recordId: 'ada', versions: [1, 1] };
    expect(body).toMatchObject([
      { ...about, attempt: 2, outcome: 'delivered', status: 200, error: null, nextAttemptAt: null, shownVersion: 1 },
      {
        ...about,
        attempt: 1,
        outcome: 'failed',
        status: 500,
        error: 'The receiver answered 500.',
        nextAttemptAt: new Date(failedAt + 5_000).toISOString(),
        shownVersion: null,
      },
    ]);
    expect(Object.keys(body[0]).sort()).toEqual(
      ['id', 'messageId', 'kind', 'type', 'resource', 'recordId', 'versions', 'attempt', 'at', 'durationMs', 'outcome', 'status', 'error', 'nextAttemptAt', 'shownVersion'].sort(),
    ); // prettier-ignore
    const failed = await api.get(`/webhooks/${id}/deliveries?outcome=failed`);
    expect(failed.body.map(({ attempt }: { attempt: number }) => attempt)).toEqual([1]);
  });

  it('can be read alone with what travelled, and the secret is not in it', async () => {
    receiver.answers.push((response) =>
      response.writeHead(200, { 'set-cookie': 'a=b', 'x-request-id': 'r7' }).end('x'.repeat(9_000)),
    );
    const { add, api, idle } = await world.start();
    const { id, secret } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'A'.repeat(20_000) });
    await idle();
    const [row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
    const { body: detail, text } = await api.get(`/webhooks/${id}/deliveries/${row.id}`).expect(200);
    expect(detail.request.headers['webhook-signature']).toBe(receiver.calls[0]?.headers['webhook-signature']);
    expect([detail.request.url, detail.request.body.length, detail.request.bodyBytes]).toEqual([
      receiver.url, 16_384, Buffer.byteLength(receiver.calls[0]?.body ?? ''),
    ]); // prettier-ignore
    expect([detail.answer.body.length, detail.answer.bodyBytes]).toEqual([4_096, null]);
    expect(detail.answer.headers['x-request-id']).toBe('r7');
    expect(text).not.toContain('set-cookie');
    expect(text).not.toContain(secret.replace('whsec_', ''));
    await api.get(`/webhooks/${id}/deliveries/nothing`).expect(404);
  });

  it('is listed a page at a time', async () => {
    const { add, api } = await world.start();
    const { id } = await add(receiver.url);
    for (let n = 0; n < 5; n++) await api.post(`/webhooks/${id}/test`).expect(200);
    const ids: string[] = [];
    let next: string | undefined = `/webhooks/${id}/deliveries?limit=2`;
    while (next !== undefined) {
      const page: { body: { id: string }[]; headers: Record<string, string> } = await api.get(next).expect(200);
      ids.push(...page.body.map((row) => row.id));
      next = /<([^>]+)>; rel="next"/.exec(page.headers['link'] ?? '')?.[1];
    }
    expect([ids.length, new Set(ids).size]).toEqual([5, 5]);
    for (const wrong of ['limit=0', 'limit=201', 'before=%20', 'outcome=good'])
      expect((await api.get(`/webhooks/${id}/deliveries?${wrong}`).expect(400)).body.code).toBe('BAD_PARAMETER');
  });
});

describe('a test call', () => {
  it('is signed, made at once and answered with its outcome, also for a paused endpoint', async () => {
    const { add, api } = await world.start();
    const { id, secret } = await add(receiver.url);
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    const { body } = await api.post(`/webhooks/${id}/test`).expect(200);
    expect(body).toMatchObject({
      kind: 'test',
      type: 'sync.test',
      outcome: 'delivered',
      status: 200,
      resource: null,
      attempt: 1,
    });
    const [call] = receiver.calls;
    expect(new Webhook(secret).verify(call?.body ?? '', call?.headers ?? {})).toMatchObject({ type: 'sync.test' });
    receiver.answers.push(503);
    expect((await api.post(`/webhooks/${id}/test`)).body).toMatchObject({ outcome: 'failed', status: 503 });
    expect((await api.put(`/webhooks/${id}/test`).expect(405)).headers['allow']).toBe('POST');
  });
});

describe('a resend', () => {
  it('sends the newest state now, as a message of its own', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    const [row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
    await world.save('team', 'ada', { name: 'two' });
    await idle();
    const { body } = await api.post(`/webhooks/${id}/deliveries/${row.id}/resend`).expect(200);
    expect(body).toMatchObject({ kind: 'resend', outcome: 'delivered', versions: [1, 2], attempt: 1 });
    expect(receiver.calls.at(-1)?.event.data.record).toMatchObject({ name: 'two' });
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  });

  it('of what failed does not wait for its time, and nothing waits after it', async () => {
    receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    const [row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
    expect((await api.post(`/webhooks/${id}/deliveries/${row.id}/resend`)).body.outcome).toBe('delivered');
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ pending: 0, failingSince: null });
  });

  it('works for a paused endpoint and for a test', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    const test = (await api.post(`/webhooks/${id}/test`)).body;
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    const [, event] = (await api.get(`/webhooks/${id}/deliveries`)).body;
    const again = async (delivery: string) =>
      (await api.post(`/webhooks/${id}/deliveries/${delivery}/resend`).expect(200)).body;
    expect(await again(event.id)).toMatchObject({ kind: 'resend', type: 'team.created', outcome: 'delivered' });
    expect(await again(test.id)).toMatchObject({ kind: 'test', type: 'sync.test' });
  });
});

describe('a replay', () => {
  it('tells every record that changed since then once more, newest state, first and last version', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url, ['team']);
    await world.save('team', 'old', { name: 'Old' });
    await idle();
    world.clock.advance(60_000);
    const since = new Date(world.clock.now()).toISOString();
    for (const name of ['one', 'two']) await world.save('team', 'ada', { name });
    await world.save('settings', 'main', { name: 'not asked for' });
    await world.save('team', 'eve', { name: 'Eve' });
    await idle();
    const before = receiver.calls.length;
    expect((await api.post(`/webhooks/${id}/replay`).send({ since }).expect(202)).body).toEqual({ records: 2 });
    await idle();
    const again = receiver.calls.slice(before).map(({ event }) => [event.data.id, event.data.versions]);
    expect(again.sort()).toEqual([
      ['ada', [1, 2]],
      ['eve', [1, 1]],
    ]);
    expect((await api.get(`/webhooks/${id}/deliveries?limit=1`)).body[0].kind).toBe('replay');
  });

  it('is carried out once, also after another start', async () => {
    const first = await world.start();
    const { id } = await first.add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await first.idle();
    await first.api.post(`/webhooks/${id}/replay`).send({ since: 0 }).expect(202);
    await first.idle();
    await first.stop();
    const second = await world.start();
    await second.idle();
    expect(receiver.calls.length).toBe(2);
    const cursor = receiver.calls[0]?.event.data.cursor;
    expect((await second.api.post(`/webhooks/${id}/replay`).send({ since: cursor })).body).toEqual({ records: 0 });
    for (const since of [undefined, 'yesterday', -1, {}])
      expect((await second.api.post(`/webhooks/${id}/replay`).send({ since }).expect(400)).body.code).toBe(
        'BAD_PARAMETER',
      );
  });
});

describe('a body', () => {
  it('that is too long goes as a link to the record', async () => {
    const { add, idle } = await world.start({ settings: { maxBodyBytes: 2_000 } });
    await add(receiver.url);
    await world.save('team', 'ada', { name: 'A'.repeat(3_000) });
    await world.save('settings', 'main', { name: 'A'.repeat(3_000) });
    await world.save('team', 'eve', { name: 'Eve' });
    await idle();
    const data = receiver.calls.map(({ event }) => event.data as unknown as Record<string, unknown>);
    const links = data.map(({ link, truncated, record }) => [link, truncated, record === undefined]);
    expect(new Set(links.map((link) => JSON.stringify(link)))).toEqual(
      new Set(['["/settings",true,true]', '["/team/ada",true,true]', '[null,null,false]']),
    );
    expect(data.filter(({ truncated }) => truncated).map(({ version, versions }) => [version, versions])).toEqual([
      [1, [1, 1]],
      [1, [1, 1]],
    ]);
  });
});

describe('the reach of a version', () => {
  it('says for each endpoint how far it came, and who does not hear of it', async () => {
    const { add, api, idle, reachOf } = await world.start();
    const site = await add(receiver.url, ['team'], { description: 'Site' });
    const other = await add(`${receiver.url}?token=abc`, ['settings']);
    const paused = await add(receiver.url);
    await api.patch(`/webhooks/${paused.id}`).send({ active: false }).expect(200);
    receiver.answers.push((response) => response.writeHead(204, { 'x-sync-shown': '1' }).end(), 500);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    const reach = async (resource: string, id: string, version: number) =>
      Object.fromEntries((await reachOf(resource, id, version)).map((one) => [one.id, one]));
    const first = await reach('team', 'ada', 1);
    expect(first[site.id]).toMatchObject({
      state: 'sent',
      version: 1,
      shownVersion: 1,
      description: 'Site',
      error: null,
    });
    expect(first[other.id]).toMatchObject({ state: 'notTold', why: 'filter', server: new URL(receiver.url).origin });
    expect(first[paused.id]).toMatchObject({ state: 'paused' });
    await world.save('team', 'ada', { name: 'two' });
    await idle();
    const second = await reach('team', 'ada', 2);
    expect(second[site.id]).toMatchObject({ state: 'failed', error: 'The receiver answered 500.' });
    expect(second[site.id]?.nextAttemptAt).not.toBe(null);
    expect((await reach('team', 'ada', 1))[site.id]?.state).toBe('sent');
    await world.save('team', 'ada', { name: 'three' }, { notify: false });
    expect((await reach('team', 'ada', 3))[site.id]).toMatchObject({ state: 'notTold', why: 'silent' });
  });
});

describe('what was saved before an endpoint was added', () => {
  it('is not said to be sent to it, until a call of it says so', async () => {
    const { add, api, idle, reachOf } = await world.start();
    await world.save('team', 'ada', { name: 'one' });
    world.clock.advance(1_000);
    const { id } = await add(receiver.url);
    await idle();
    expect(await reachOf('team', 'ada', 1)).toMatchObject([{ id, state: 'notTold', why: 'later' }]);
    await api.post(`/webhooks/${id}/replay`).send({ since: 0 }).expect(202);
    await idle();
    expect(await reachOf('team', 'ada', 1)).toMatchObject([{ id, state: 'sent', version: 1 }]);
  });

  it('nor to one that hears of it only since its filter was widened', async () => {
    const { add, api, idle, reachOf } = await world.start();
    const { id } = await add(receiver.url, ['settings']);
    await world.save('team', 'ada', { name: 'one' });
    await idle();
    await api.patch(`/webhooks/${id}`).send({ resources: null }).expect(200);
    await idle();
    expect(await reachOf('team', 'ada', 1)).toMatchObject([{ id, state: 'notTold', why: 'later' }]);
  });
});

describe('what was told before a restart, when no row of it is kept', () => {
  it('is not said to be told or not told; what was saved before an endpoint was added was not told to it', async () => {
    const first = await world.start();
    const { id } = await first.add(receiver.url);
    await world.save('team', 'ada', { name: 'one' });
    await first.idle();
    expect(await first.reachOf('team', 'ada', 1)).toMatchObject([{ id, state: 'sent' }]);
    await first.stop();
    world.clock.advance(1_000);
    const second = await world.start();
    const added = await second.add(receiver.url, ['team']);
    await second.idle();
    const states = new Map((await second.reachOf('team', 'ada', 1)).map((one) => [one.id, [one.state, one.why]]));
    expect([states.get(id), states.get(added.id)]).toEqual([
      ['unknown', null],
      ['notTold', 'later'],
    ]);
    await world.save('team', 'ada', { name: 'two' });
    await second.idle();
    expect((await second.reachOf('team', 'ada', 2)).map(({ state }) => state)).toEqual(['sent', 'sent']);
  });
});
