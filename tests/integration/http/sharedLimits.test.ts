import { createServer, type Server } from 'node:http';
import { connect, createServer as createProxy, type AddressInfo, type Socket } from 'node:net';
import { createServiceCache } from 'backoffice-sync';
import express from 'express';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { connectRedis, type ConnectedRedis } from '../../../backend/redis/connectRedis.ts';
import { startRedis } from '../../helpers/startRedis.ts';
import { apiToken, startSync, testResources, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startPartitionProxy } from '../torture/startPartitionProxy.ts';

const redis = await startRedis();
const title = typeof redis === 'string' ? `limits in Redis (skipped: ${redis})` : `limits in ${redis.version}`;
const nodes: Started[] = [];
const clients: ConnectedRedis[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  for (const node of nodes.splice(0)) await node.stop();
  for (const client of clients.splice(0)) client.close();
});

async function openNode(rateLimit: number, redisOption: object): Promise<Started> {
  const node = await startSync({ resources: testResources, rateLimit, ...redisOption });
  nodes.push(node);
  return node;
}

const statusOf = async (node: Started): Promise<number> => (await node.send('GET', '/api/settings')).status;
const signIn = async (node: Started, password: string): Promise<number> =>
  (await node.send('POST', '/api/auth/login', { username: 'admin', password })).status;

it('without a Redis each node allows a client as much as its limit says', async () => {
  const [one, two] = [await openNode(3, {}), await openNode(3, {})];
  for (const node of [one, two])
    for (const expected of [200, 200, 200, 429]) expect(await statusOf(node)).toBe(expected);
});

it('what is no client of Redis stops the start and says what was expected', async () => {
  await expect(openNode(3, { redis: { client: {} } })).rejects.toThrow(
    'createSync: "redis": "client" has to be a client of ioredis or node-redis',
  );
  await expect(openNode(3, { redis: { client: { call: async () => 1 }, prefix: 'a' } })).rejects.toThrow(
    'createSync: "redis" does not know the option "prefix"',
  );
  expect(() => connectRedis('http://127.0.0.1')).toThrow('redis://host:6379');
});

describe.skipIf(typeof redis === 'string')(title, () => {
  if (typeof redis === 'string') return;
  const { host, port } = redis.address;
  afterAll(() => redis.stop());
  let spaces = 0;

  function open(at: string, keyPrefix = `limits-${process.pid}-${(spaces += 1)}:`) {
    const client = connectRedis(at);
    clients.push(client);
    return { redis: { client, keyPrefix } };
  }
  const address = `redis://${host}:${port}`;

  it('two nodes together allow a client as much as one would, and another installation counts by itself', async () => {
    const keyPrefix = `limits-${process.pid}-${(spaces += 1)}:`;
    const [one, two] = [await openNode(6, open(address, keyPrefix)), await openNode(6, open(address, keyPrefix))];
    for (let round = 0; round < 3; round += 1) expect([await statusOf(one), await statusOf(two)]).toEqual([200, 200]);
    const refused = await two.send('GET', '/api/settings');
    expect([await statusOf(one), refused.status]).toEqual([429, 429]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(await statusOf(await openNode(6, open(address)))).toBe(200);
  });

  it('refused sign-ins count on every node, and those that succeed on none', async () => {
    const keyPrefix = `limits-${process.pid}-${(spaces += 1)}:`;
    const [one, two] = [await openNode(0, open(address, keyPrefix)), await openNode(0, open(address, keyPrefix))];
    for (let tries = 0; tries < 12; tries += 1) expect(await signIn(one, 'test-password-1234')).toBe(200);
    for (let tries = 0; tries < 5; tries += 1)
      expect([await signIn(one, 'wrong'), await signIn(two, 'wrong')]).toEqual([401, 401]);
    expect([await signIn(one, 'wrong'), await signIn(two, 'test-password-1234')]).toEqual([429, 429]);
  });

  it('what a user may say in a minute he may say once, whichever node he says it to', async () => {
    const keyPrefix = `limits-${process.pid}-${(spaces += 1)}:`;
    const [one, two] = [await openNode(100_000, open(address, keyPrefix)), await openNode(100_000, open(address, keyPrefix))]; // prettier-ignore
    const say = (node: Started) => node.send('POST', '/api/sync/send', { type: 'typing', payload: {} });
    const answers = await Promise.all(Array.from({ length: 302 }, (_, index) => say(index % 2 === 0 ? one : two)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
  });

  it('a Redis that falls silent delays one moment and refuses no save; the nodes count alone until it answers', async () => {
    const proxy = await startPartitionProxy(port);
    const node = await openNode(1_000, open(`redis://127.0.0.1:${proxy.port}`));
    const server = createServer(express().use('/metrics', node.sync.metrics()));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const metrics = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const figure = async (name: string) => {
      const answer = await fetch(`${metrics}/metrics`, { headers: { authorization: `Bearer ${apiToken}` } });
      return Number(new RegExp(`^${name}\\{for="limits"\\} (.*)$`, 'm').exec(await answer.text())?.[1]);
    };
    const save = async (phone: string) => (await node.send('PATCH', '/api/settings', { phone })).status;
    const warnings = () => node.lines.filter(({ message }) => String(message).includes('each node counts'));

    expect(await save('before')).toBe(200);
    expect(await figure('backoffice_sync_redis_reached')).toBe(1);
    proxy.partition();
    const phones = Array.from({ length: 50 }, (_, index) => `away ${index}`);
    expect(await Promise.all(phones.map(save))).toEqual(phones.map(() => 200));
    expect(warnings()).toHaveLength(1);
    expect(await figure('backoffice_sync_redis_reached')).toBe(0);
    expect(await figure('backoffice_sync_redis_misses')).toBeGreaterThanOrEqual(50);
    proxy.heal();
    await waitUntil('Redis is used again', async () => {
      expect(await save(`back ${Math.random()}`)).toBe(200);
      return (await figure('backoffice_sync_redis_reached')) === 1;
    });
    await proxy.close();
  });

  it('a connection to a server that became a replica is given up: the next one goes where the address leads by then', async () => {
    const [before, after] = [await startRedis(), await startRedis()];
    if (typeof before === 'string' || typeof after === 'string') throw new Error('no Redis');
    let leadsTo = before.address.port;
    const sockets = new Set<Socket>();
    const proxy = createProxy((socket) => {
      const to = connect(leadsTo, '127.0.0.1');
      socket.pipe(to).pipe(socket);
      for (const one of [socket, to]) sockets.add(one.on('error', () => undefined));
      socket.on('close', () => to.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const client = connectRedis(`redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`, { retryMs: 0 });
    await client.sendCommand(['SET', 'a', '1']);
    const old = await before.open();
    await old.send(['REPLICAOF', '127.0.0.1', String(after.address.port)]);
    leadsTo = after.address.port;
    await expect(client.sendCommand(['SET', 'a', '2'])).rejects.toThrow('READONLY');
    expect(await client.sendCommand(['SET', 'a', '2'])).toBe('OK');
    client.close();
    old.close();
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await before.stop();
    await after.stop();
  });

  it('a cache that was told no other place lies in the Redis of its installation', async () => {
    const connection = await redis.open();
    const { redis: shared } = open(address);
    const keys = () => connection.send(['KEYS', `${shared.keyPrefix}value:*`]);
    for (const [cache, kept] of [
      [createServiceCache({ max: 10 }), []],
      [createServiceCache(), [`${shared.keyPrefix}value:team:a`]],
    ] as const) {
      // prettier-ignore
      await openNode(0, { redis: shared, cache });
      expect(await cache.get('team:a', () => 1, 60)).toBe(1);
      expect(await keys()).toEqual(kept);
    }
    connection.close();
    const alone = connectRedis('redis://127.0.0.1:9', { retryMs: 0 });
    for (const told of await Promise.allSettled([1, 2, 3].map(() => alone.sendCommand(['PING']))))
      expect(told).toMatchObject({ status: 'rejected', reason: { code: 'ECONNREFUSED' } });
    alone.close();
    await expect(alone.sendCommand(['PING'])).rejects.toThrow('closed');
  });

  it('the connection of the shipped server signs in, chooses its database, and is made anew after it broke', async () => {
    const connection = await redis.open();
    await connection.send(['ACL', 'SETUSER', 'ada', 'on', '>pass word', '~*', '+@all']);
    const client = connectRedis(`redis://ada:pass%20word@${host}:${port}/3`, { retryMs: 0 });
    clients.push(client);
    const texts = Array.from({ length: 50 }, (_, index) => `${index} é${'x'.repeat(index * 1_000)}`);
    await Promise.all(texts.map((text, index) => client.sendCommand(['SET', `${process.pid}:${index}`, text])));
    const read = await Promise.all(texts.map((_, index) => client.sendCommand(['GET', `${process.pid}:${index}`])));
    expect(read).toEqual(texts);
    expect(String(await client.sendCommand(['CLIENT', 'INFO']))).toMatch(/ db=3 .*user=ada/);
    await connection.send(['CLIENT', 'KILL', 'USER', 'ada']);
    await waitUntil(
      'it is connected again',
      async () => (await client.sendCommand(['PING']).catch(() => null)) === 'PONG',
    );
    await client.sendCommand(['FLUSHDB']);
    await connection.send(['ACL', 'DELUSER', 'ada']);
    const refused = connectRedis(`redis://ada:wrong@${host}:${port}`);
    await expect(refused.sendCommand(['PING'])).rejects.toThrow('WRONGPASS');
    await expect(refused.sendCommand(['PING'])).rejects.toThrow('away');
    connection.close();
  });
});
