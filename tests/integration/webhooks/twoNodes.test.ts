import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../../../backend/readers/webhooks/timers.ts';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startReceiver, type Call } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

const leaseMs = 1_000;
const endpoints = 20;
const database = await startTestDatabase();

describe.skipIf(database === null)(`webhooks of several nodes on ${database?.version}`, () => {
  if (database === null) return;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let schema: string;
  let pool: Pool;
  const key = randomBytes(32);
  const ends: (() => Promise<void>)[] = [];

  afterAll(() => database.stop());
  beforeEach(async () => {
    receiver = await startReceiver();
    schema = database.createSchemaName();
    pool = database.createPool();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
    await receiver.close();
  });

  async function startNode(lease = leaseMs) {
    const nodePool = database?.createPool(5) as Pool;
    const store = postgresStore({ pool: nodePool, schema, safetyPollMs: 50 });
    await store.open();
    const world = createWorld(store, createClock(Date.now()), key);
    const webhooks = await world.start({ now: Date.now, timers: systemTimers, leaseMs: lease });
    ends.push(async () => {
      await webhooks.stop();
      await store.close();
      await nodePool.end();
      expect(world.errors).toEqual([]);
    });
    return { world, webhooks };
  }

  async function startProcess(): Promise<ChildProcess> {
    const { connectionString = '' } = pool.options as { connectionString?: string };
    const child = fork(
      fileURLToPath(new URL('nodeProcess.ts', import.meta.url)),
      [connectionString, schema, key.toString('hex'), String(leaseMs)],
      { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    ends.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    await once(child, 'message');
    return child;
  }

  async function addAll(
    webhooks: Awaited<ReturnType<typeof startNode>>['webhooks'],
    resources: readonly string[] = ['team'],
  ): Promise<void> {
    for (let n = 0; n < endpoints; n++) await webhooks.add(`${receiver.url}/${n}`, resources);
  }

  /** The newest version that every endpoint took of a record. */
  const newest = (id: string) =>
    Array.from({ length: endpoints }, (_, n) =>
      Math.max(0, ...receiver.calls.filter(({ path, event }) => path.endsWith(`/${n}`) && event.data.id === id).map(({ event }) => event.data.version)),
    ); // prettier-ignore

  it('share the endpoints, and no message is sent twice', async () => {
    const underWay = new Map<string, number>();
    let atOnce = 0;
    const answer = (response: ServerResponse, { path, event }: Call): void => {
      const record = `${path} ${event.data.id}`;
      underWay.set(record, (underWay.get(record) ?? 0) + 1);
      atOnce = Math.max(atOnce, underWay.get(record) ?? 0);
      setImmediate(() => {
        underWay.set(record, (underWay.get(record) ?? 0) - 1);
        response.writeHead(200).end();
      });
    };
    receiver.answers.push(...Array.from({ length: 10_000 }, () => answer));
    // Long enough that a busy machine lets none run out: what is told then may be told again by the next owner.
    const one = await startNode(6_000);
    await addAll(one.webhooks);
    const two = await startNode(6_000);
    const counts = () => [one, two].map(({ webhooks }) => webhooks.readers().length);
    for (let n = 1; n <= 40; n++) await (n % 2 === 0 ? one : two).world.save('team', `m${n % 5}`, { name: `n${n}` });
    await waitUntil('both nodes have endpoints', () => {
      const [first = 0, second = 0] = counts();
      return first > 0 && second > 0 && first + second === endpoints;
    });
    for (let n = 1; n <= 40; n++) await (n % 2 === 0 ? one : two).world.save('team', `m${n % 5}`, { name: `o${n}` });
    await waitUntil('every endpoint has every record', () =>
      ['m0', 'm1', 'm2', 'm3', 'm4'].every((id) => newest(id).every((version) => version === 16)),
    );
    const ids = receiver.calls.map(({ headers }) => headers['webhook-id']);
    expect([new Set(ids).size, atOnce]).toEqual([ids.length, 1]);
  }, 60_000);

  it('take over what a killed node had, within the time of its lease', async () => {
    const { world, webhooks } = await startNode();
    await addAll(webhooks);
    const child = await startProcess();
    await waitUntil('the other node has endpoints', () => webhooks.readers().length < endpoints);
    await world.save('team', 'ada', { name: 'one' });
    await waitUntil('all are told', () => newest('ada').every((version) => version === 1));
    child.kill('SIGKILL');
    const killedAt = Date.now();
    await world.save('team', 'ada', { name: 'two' });
    await waitUntil('all are told by the one that is left', () => newest('ada').every((version) => version === 2));
    // The lease, one round of the node that is left, and what a busy machine adds.
    expect(Date.now() - killedAt).toBeLessThan(leaseMs * 5);
    expect(webhooks.readers().length).toBe(endpoints);
  }, 60_000);

  it('send a record again where its endpoint is, behind the call that is under way, and answer where it was asked for', async () => {
    const one = await startNode(6_000);
    await addAll(one.webhooks);
    const two = await startNode(6_000);
    await waitUntil('both nodes have endpoints', () => two.webhooks.readers().length > 0);
    const [there] = two.webhooks.readers();
    const id = there?.name.replace('webhooks:', '') ?? '';
    const { url } = (await one.webhooks.api.get(`/webhooks/${id}`)).body;
    const ours = () => receiver.calls.filter(({ path }) => url.endsWith(path));
    let underWay: ServerResponse | undefined;
    const answer = (response: ServerResponse, { path }: Call): void => {
      if (underWay === undefined && url.endsWith(path)) underWay = response;
      else response.writeHead(200).end();
    };
    receiver.answers.push(...Array.from({ length: 1_000 }, () => answer));
    await one.world.save('team', 'ada', { name: 'one' });
    await waitUntil('it is called', () => ours().length === 1);
    const again = one.webhooks.api.post(`/webhooks/${id}/resend`).send({ resource: 'team', id: 'ada' });
    const answered = again.then(({ body }) => body);
    await waitUntil('it is ordered', async () => (await one.world.store.load('webhooks', id))?.version === 2);
    await waitUntil('the order is read', async () =>
      two.webhooks.readers().some(({ name, seq }) => name === there?.name && seq >= two.world.store.log.head()),
    );
    expect(ours().length).toBe(1);
    underWay?.writeHead(200).end();
    expect(await answered).toMatchObject({ kind: 'resend', outcome: 'delivered', recordId: 'ada', versions: [1, 1] });
    expect(new Set(ours().map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(ours().length).toBe(2);
  }, 60_000);

  it('say at once that there is nothing to send again, whichever of them has the endpoint', async () => {
    const one = await startNode(6_000);
    await addAll(one.webhooks, ['news']);
    const two = await startNode(6_000);
    await waitUntil('both nodes have endpoints', () => two.webhooks.readers().length > 0);
    const id = two.webhooks.readers()[0]?.name.replace('webhooks:', '') ?? '';
    await one.world.save('news', 'draft', { name: 'not published' });
    const body = { resource: 'news', id: 'draft' };
    for (const { webhooks } of [one, two])
      expect((await webhooks.api.post(`/webhooks/${id}/resend`).send(body).expect(404)).body.code).toBe('NOT_FOUND');
    // Nobody was asked to send it.
    expect((await one.world.store.load('webhooks', id))?.version).toBe(1);
  }, 60_000);

  it('find nothing sent again by a process that stood still beyond its lease', async () => {
    const { world, webhooks } = await startNode();
    await addAll(webhooks);
    const child = await startProcess();
    await waitUntil('the other node has endpoints', () => webhooks.readers().length < endpoints);
    await world.save('team', 'ada', { name: 'one' });
    await waitUntil('all are told', () => newest('ada').every((version) => version === 1));
    child.kill('SIGSTOP');
    await world.save('team', 'ada', { name: 'two' });
    await waitUntil('all are told', () => newest('ada').every((version) => version === 2));
    child.kill('SIGCONT');
    await world.save('team', 'ada', { name: 'three' });
    await waitUntil('all are told', () => newest('ada').every((version) => version === 3));
    await waitUntil('it has its part again', () => webhooks.readers().length < endpoints);
    const ids = receiver.calls.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    child.send('errors?');
    const [{ errors }] = (await once(child, 'message')) as [{ errors: string[] }];
    expect(errors).toEqual([]);
  }, 60_000);
});
