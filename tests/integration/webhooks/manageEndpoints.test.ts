import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSealer } from '../../../backend/auth/sealer.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

const hour = 3_600_000;

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

const told = () => receiver.calls.map(({ event }) => [event.type, event.data.id, event.data.versions]);

describe('an endpoint that is changed', () => {
  it('keeps what is not named, and null empties a filter', async () => {
    const { add, api } = await world.start();
    const { id } = await add(receiver.url, ['team'], { events: ['created'], fields: ['name'], description: 'Site' });
    const changed = await api.patch(`/webhooks/${id}`).send({ events: null, description: 'The site' }).expect(200);
    expect(changed.body).toMatchObject({
      resources: ['team'],
      events: null,
      fields: ['name'],
      description: 'The site',
    });
    const emptied = await api.patch(`/webhooks/${id}`).send({ resources: null, fields: null }).expect(200);
    expect(emptied.body).toMatchObject({
      resources: null,
      events: null,
      fields: null,
      url: receiver.url,
      active: true,
    });
    expect(JSON.stringify(emptied.body)).not.toContain('secret');
  });

  it('is judged as it was registered', async () => {
    const { add, api } = await world.start();
    const { id } = await add(receiver.url, ['settings']);
    const refused = async (body: object) => {
      const answer = await api.patch(`/webhooks/${id}`).send(body);
      return [answer.status, answer.body.code, answer.body.errors?.[0]?.path, answer.body.detail];
    };
    expect(await refused({ fields: ['nme'] })).toEqual([
      422, 'INVALID', '/fields/0', 'No public resource of this webhook has a field "nme". Did you mean "name"?',
    ]); // prettier-ignore
    expect((await refused({ fields: ['note'] }))[3]).toContain('not public');
    expect((await refused({ events: ['update'] }))[3]).toContain('Did you mean "updated"?');
    expect((await refused({ activ: false })).slice(0, 3)).toEqual([422, 'INVALID', '/activ']);
    expect((await refused({ active: 'yes' })).slice(0, 3)).toEqual([422, 'INVALID', '/active']);
    expect((await refused({ url: 'http://10.0.0.1/' })).slice(0, 2)).toEqual([422, 'ENDPOINT_REFUSED']);
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({
      resources: ['settings'],
      fields: null,
      active: true,
    });
  });

  it('is told by its new filter from that moment on', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url, ['team']);
    await world.save('news', 'n', { name: 'N' }, { intent: 'publish' }).catch(() => undefined);
    await world.save('settings', 'main', { name: 'one' });
    await api
      .patch(`/webhooks/${id}`)
      .send({ resources: ['settings'] })
      .expect(200);
    await world.save('team', 'ada', { name: 'Ada' });
    await world.save('settings', 'main', { name: 'two' });
    await idle();
    expect(told()).toEqual([['settings.updated', 'main', [2, 2]]]);
  });
});

describe('a filter', () => {
  it('of events lets only those through', async () => {
    const { add, idle } = await world.start();
    await add(receiver.url, ['team'], { events: ['created', 'deleted'] });
    await world.save('team', 'a', { name: 'A' });
    await idle();
    await world.save('team', 'a', { name: 'A2' });
    await idle();
    await world.save('team', 'a', null);
    await idle();
    expect(told().map(([type]) => type)).toEqual(['team.created', 'team.deleted']);
  });

  it('of fields tells when one of them changed, and nothing of the others', async () => {
    const { add, idle } = await world.start();
    await add(receiver.url, ['team'], { fields: ['name'] });
    await world.save('team', 'a', { name: 'A', note: 'other words' });
    await idle();
    await world.save('team', 'a', { note: 'still other words' });
    await idle();
    await world.save('team', 'a', { name: 'A2' });
    await idle();
    expect(told()).toEqual([
      ['team.created', 'a', [1, 1]],
      ['team.updated', 'a', [3, 3]],
    ]);
    expect(receiver.calls[1]?.event.data).toMatchObject({
      before: { name: 'A' },
      record: { name: 'A2' },
      patch: [{ op: 'replace', path: '/name', value: 'A2' }],
    });
    expect(receiver.calls.map(({ body }) => body).join('')).not.toContain('other words');
  });
});

describe('an endpoint that is paused', () => {
  it('gets nothing, and when it goes on one call for each record that changed meanwhile', async () => {
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    const paused = await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    expect(paused.body).toMatchObject({ active: false, disabledReason: null });
    for (const name of ['one', 'two', 'three']) await world.save('settings', 'main', { name });
    await idle();
    expect(receiver.calls.length).toBe(0);
    await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    await idle();
    expect(told()).toEqual([['settings.created', 'main', [1, 3]]]);
  });

  it('because the receiver was gone says so, and goes on at once with what waits', async () => {
    receiver.answers.push(410);
    const { add, api, idle } = await world.start();
    const { id } = await add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await idle();
    const { body } = await api.get(`/webhooks/${id}`);
    expect(body).toMatchObject({ active: false, pending: 1, nextAttemptAt: null });
    expect(body.disabledReason).toContain('410');
    const resumed = await api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    expect(resumed.body).toMatchObject({ active: true, disabledReason: null });
    await idle();
    expect(receiver.calls.length).toBe(2);
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ pending: 0, failingSince: null });
  });

  it('by five days of failure is told to admins', async () => {
    const disabled: string[] = [];
    receiver.answers.push(410);
    const { add, idle } = await world.start({
      onDisabled: (endpoint, reason) => void disabled.push(`${endpoint.id} ${reason}`),
    });
    const { id } = await add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await idle();
    expect(disabled).toEqual([expect.stringMatching(`^${id} .*410`)]);
  });
});

describe('a rotation', () => {
  it('signs with both secrets for 24 hours, then with the new one, and the old one is forgotten', async () => {
    const { add, api, idle } = await world.start();
    const { id, secret: old } = await add(receiver.url);
    const rotated = await api.post(`/webhooks/${id}/rotate`).expect(200);
    const { secret, rotation } = rotated.body as { secret: string; rotation: { previousValidUntil: string } };
    expect(Date.parse(rotation.previousValidUntil)).toBe(world.clock.now() + 24 * hour);
    await world.save('team', 'a', { name: 'A' });
    await idle();
    const [call] = receiver.calls;
    for (const one of [old, secret]) new Webhook(one).verify(call?.body ?? '', call?.headers ?? {});
    expect(call?.headers['webhook-signature']?.split(' ').length).toBe(2);
    expect((await api.get(`/webhooks/${id}`)).body).toMatchObject({ rotation });

    world.clock.advance(24 * hour);
    await idle();
    await world.save('team', 'a', { name: 'A2' });
    await idle();
    expect(receiver.calls[1]?.headers['webhook-signature']?.split(' ').length).toBe(1);
    world.clock.advance(hour);
    await idle();
    const test = await api.post(`/webhooks/${id}/test`).expect(200);
    expect(test.body.outcome).toBe('delivered');
    expect((await api.get(`/webhooks/${id}`)).body.rotation).toBe(null);
    const stored = (await world.store.load('webhooks', id))?.record;
    const kept = createSealer(world.key).open(String(stored?.['previousSecret']));
    expect([kept, stored?.['previousValidUntil']]).toEqual(['', undefined]);
  });

  it('of a paused endpoint is over after 24 hours, too', async () => {
    const { add, api } = await world.start();
    const { id } = await add(receiver.url);
    await api.post(`/webhooks/${id}/rotate`).expect(200);
    await api.patch(`/webhooks/${id}`).send({ active: false }).expect(200);
    world.clock.advance(25 * hour);
    const kept = async () => {
      const record = (await world.store.load('webhooks', id))?.record;
      return [createSealer(world.key).open(String(record?.['previousSecret'])), record?.['previousValidUntil']];
    };
    await expect.poll(kept).toEqual(['', undefined]);
  });

  it('a second one keeps only the secret before it', async () => {
    const { add, api } = await world.start();
    const { id, secret: first } = await add(receiver.url);
    const second = (await api.post(`/webhooks/${id}/rotate`)).body.secret as string;
    const third = (await api.post(`/webhooks/${id}/rotate`)).body.secret as string;
    await api.post(`/webhooks/${id}/test`).expect(200);
    const [call] = receiver.calls;
    for (const secret of [second, third]) new Webhook(secret).verify(call?.body ?? '', call?.headers ?? {});
    expect(() => new Webhook(first).verify(call?.body ?? '', call?.headers ?? {})).toThrow();
  });
});
