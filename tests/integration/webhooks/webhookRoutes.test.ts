import { afterEach, beforeEach, expect, it } from 'vitest';
import { startReceiver } from './receiver.ts';
import { createWorld } from './senderWorld.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  world = createWorld();
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

it('an endpoint is added, listed, read and deleted', async () => {
  const { api } = await world.start();
  const added = await api
    .post('/webhooks')
    .send({ url: receiver.url, resources: ['team'] })
    .expect(201);
  const { secret, ...endpoint } = added.body as { id: string; secret: string };
  expect(added.headers['location']).toBe(`/webhooks/${endpoint.id}`);
  expect(endpoint).toEqual({
    id: endpoint.id,
    url: receiver.url,
    resources: ['team'],
    description: '',
    events: null,
    fields: null,
    active: true,
    disabledReason: null,
    disabledCode: null,
    createdAt: new Date(world.clock.now()).toISOString(),
    failingSince: null,
    heldSince: null,
    quietUntil: null,
    lastDelivery: null,
    pending: 0,
    nextAttemptAt: null,
    rotation: null,
  });
  expect(Buffer.from(secret.replace('whsec_', ''), 'base64').length).toBe(32);
  expect((await api.get('/webhooks').expect(200)).body).toEqual([endpoint]);
  expect((await api.get(`/webhooks/${endpoint.id}`).expect(200)).body).toEqual(endpoint);
  await api.delete(`/webhooks/${endpoint.id}`).expect(204);
  await api.get(`/webhooks/${endpoint.id}`).expect(404);
  await api.delete(`/webhooks/${endpoint.id}`).expect(404);
  expect((await api.get('/webhooks').expect(200)).body).toEqual([]);
});

it('only who may configure reaches endpoints', async () => {
  const { apiOf } = await world.start();
  await apiOf(null).get('/webhooks').expect(401);
  await apiOf({ id: 'e', name: 'Eve', role: 'editor', kind: 'admin' }).get('/webhooks').expect(403);
  await apiOf({ id: 'e', name: 'Eve', role: 'editor', kind: 'admin' })
    .post('/webhooks')
    .send({ url: receiver.url })
    .expect(403);
});

it('a registration that cannot work is refused with what to do', async () => {
  const { api } = await world.start();
  const refused = async (body: object) => {
    const answer = await api.post('/webhooks').send(body);
    return [answer.status, answer.body.code, answer.body.errors?.[0]?.path, answer.body.detail] as const;
  };
  expect(await refused({ url: receiver.url, resources: ['temas'] })).toEqual([
    422, 'INVALID', '/resources/0', 'There is no resource "temas". Did you mean "team"? Public: settings, team, news.',
  ]); // prettier-ignore
  expect((await refused({ url: receiver.url, resources: ['salaries'] }))[3]).toContain('not public');
  expect((await refused({ url: receiver.url, resources: [] })).slice(0, 3)).toEqual([422, 'INVALID', '/resources']);
  expect((await refused({ uri: receiver.url })).slice(0, 3)).toEqual([422, 'INVALID', '/uri']);
  expect((await refused([])).slice(0, 2)).toEqual([400, 'BODY_NOT_OBJECT']);
  const [status, code, , detail] = await refused({ url: 'http://10.0.0.1/hook' });
  expect([status, code]).toEqual([422, 'ENDPOINT_REFUSED']);
  expect(detail).toContain('WEBHOOK_ALLOW_PRIVATE');
  expect((await api.get('/webhooks')).body).toEqual([]);
  await api.post('/webhooks').type('application/merge-patch+json').send('{}').expect(415);
  expect((await api.put('/webhooks').send({}).expect(405)).headers['allow']).toBe('GET, POST');
});

it('the secret stands in the answer to its creation and nowhere else', async () => {
  receiver.answers.push(500, 200, 410);
  const webhooks = await world.start();
  const { id, secret } = await webhooks.add(receiver.url);
  const bare = secret.replace('whsec_', '');
  await world.save('team', 'ada', { name: 'Ada' });
  await webhooks.idle();
  world.clock.advance(5_000);
  await webhooks.idle();
  await world.save('team', 'ada', { name: 'Ada L.' });
  await webhooks.idle();
  const answers = [await webhooks.api.get('/webhooks'), await webhooks.api.get(`/webhooks/${id}`)].map(
    ({ text }) => text,
  );
  const { entries } = await world.store.log.read(0);
  const kept = [await world.store.list('webhooks'), await world.store.state.list('webhooks'), entries];
  const calls = receiver.calls.map(({ headers, body }) => JSON.stringify(headers) + body);
  const everything = [...answers, ...world.logLines, JSON.stringify(kept), ...calls, JSON.stringify(world.errors)].join(
    '\n',
  );
  expect(everything).not.toContain(bare);
  expect(answers.join('')).not.toContain('sealed:');
  expect(receiver.calls.length).toBe(3);
});

it('a deleted endpoint gets nothing more, and its state is forgotten', async () => {
  receiver.answers.push(500);
  const webhooks = await world.start();
  const { id } = await webhooks.add(receiver.url);
  await world.save('team', 'ada', { name: 'Ada' });
  await webhooks.idle();
  await webhooks.api.delete(`/webhooks/${id}`).expect(204);
  world.clock.advance(60_000);
  await world.save('team', 'ada', { name: 'Ada L.' });
  await webhooks.idle();
  expect(receiver.calls.length).toBe(1);
  expect(webhooks.readers()).toEqual([]);
  expect(await world.store.state.list('webhooks')).toEqual([]);
});

it('an endpoint that another node added or deleted starts and ends here too', async () => {
  const [here, there] = [await world.start(), await world.start()];
  const { id } = await there.add(receiver.url);
  await here.idle();
  expect(here.readers().map(({ name }) => name)).toEqual([`webhooks:${id}`]);
  await there.api.delete(`/webhooks/${id}`).expect(204);
  await here.idle();
  expect(here.readers()).toEqual([]);
});

it('an address of the environment is registered once, also when an admin deleted it', async () => {
  const first = await world.start();
  await first.registerOnce(receiver.url);
  await first.registerOnce(receiver.url);
  const [endpoint, ...others] = (await first.api.get('/webhooks')).body as { id: string; url: string }[];
  expect([endpoint?.url, others]).toEqual([receiver.url, []]);
  await first.api.delete(`/webhooks/${endpoint?.id}`).expect(204);
  await first.stop();
  const second = await world.start();
  await second.registerOnce(receiver.url);
  expect((await second.api.get('/webhooks')).body).toEqual([]);
  await expect(second.registerOnce('http://10.0.0.1/')).rejects.toMatchObject({ code: 'ENDPOINT_REFUSED' });
});

it('readers say how far they have come', async () => {
  const webhooks = await world.start();
  const { id } = await webhooks.add(receiver.url);
  await world.save('salaries', 'a', { name: 'A' });
  await webhooks.idle();
  expect(webhooks.readers()).toEqual([{ name: `webhooks:${id}`, seq: world.store.log.head() }]);
});
