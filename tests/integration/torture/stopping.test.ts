import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Pool, PoolClient } from 'pg';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startNode, type RunningNode } from './startNode.ts';
import { startOrderlyReceiver, type OrderlyReceiver } from './startOrderlyReceiver.ts';

const token = 'torture-token-1234';
/** The shipped server is given 30 seconds by those who stop it; a stop without anything that hangs takes far less. */
const stopWithinMs = 8_000;
const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)('the shipped server, asked to stop', () => {
  if (database === null) return;
  const secretKey = randomBytes(32).toString('base64');
  const authorization = `Bearer ${token}`;
  let folder: string;
  let pool: Pool;
  let receiver: OrderlyReceiver;
  const nodes: RunningNode[] = [];
  let holder: PoolClient | null = null;

  beforeAll(() => {
    pool = database.createPool(2);
  });
  afterAll(() => pool.end());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stopping-'));
    receiver = await startOrderlyReceiver();
  });
  afterEach(async () => {
    holder?.release(true);
    holder = null;
    for (const node of nodes.splice(0)) {
      node.signal('SIGKILL');
      await node.gone;
    }
    await pool.query('drop schema if exists backoffice_sync cascade');
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<RunningNode & { readonly url: string }> {
    const node = await startNode({
      program: '../../../backend/server/main.ts',
      environment: {
        PORT: '0',
        HOST: '127.0.0.1',
        DATA_DIR: folder,
        DATABASE_URL: database?.url ?? '',
        SECRET_KEY: secretKey,
        BACKOFFICE_ADMIN_PASSWORD: 'stopping-password-1234',
        BACKOFFICE_API_TOKEN: token,
        WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8',
        LOG_LEVEL: 'error',
        RATE_LIMIT: '0',
      },
      portOf: (line) => /The public site\s+http:\/\/[^\s/]+:(\d+)/.exec(line)?.[1],
    });
    nodes.push(node);
    return { ...node, url: `http://127.0.0.1:${node.port}/api` };
  }

  const save = (url: string, n: number, dispatcher: Agent) =>
    fetch(`${url}/services`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': `save-${n}` },
      body: JSON.stringify({ title: `Service ${n}` }),
      dispatcher,
    });

  async function stopInTime(node: RunningNode): Promise<{ readonly code: number | string; readonly tookMs: number }> {
    const asked = performance.now();
    node.signal('SIGTERM');
    return { code: await node.gone, tookMs: performance.now() - asked };
  }

  it('finishes and answers what is being saved, and ends with 0', async () => {
    const node = await start();
    const agent = new Agent({ connections: 50 });
    // A row that somebody holds keeps one save waiting, so that one is surely under way.
    const created = (await (await save(node.url, 0, agent)).json()) as { id: string };
    const other = await pool.connect();
    holder = other;
    await other.query('begin');
    await other.query('select 1 from backoffice_sync.records where id = $1 for update', [created.id]);
    const held = fetch(`${node.url}/services/${created.id}`, {
      method: 'PATCH',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Held' }),
      dispatcher: agent,
    });
    await waitUntil('the held save waits', async () => {
      const { rows } = await pool.query(`select 1 from pg_locks where not granted`);
      return rows.length > 0;
    });
    const others = Array.from({ length: 40 }, (_, n) => save(node.url, n + 1, agent).then(({ status }) => status, () => 'refused' as const)); // prettier-ignore
    await Promise.race(others);
    // One whose body is only half there: the server has said that it takes it.
    const half = request(`${node.url}/services`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', expect: '100-continue' },
    });
    half.flushHeaders();
    await once(half, 'continue');
    half.write('{ "title": "Half');
    const stopping = stopInTime(node);
    await waitUntil('nobody is let in any more', () => fetch(`${node.url}/services`).then(() => false, () => true)); // prettier-ignore
    half.end(' a body" }');
    const [answer] = (await once(half, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(201);
    await other.query('commit');
    expect((await held).status).toBe(200);
    const ended = await Promise.all(others);
    const { code, tookMs } = await stopping;
    // Whom nobody accepted any more was not let in; nothing is stored without an answer.
    expect(ended.filter((status) => status !== 201 && status !== 'refused')).toEqual([]);
    const sql = `select count(*)::int as stored from backoffice_sync.records where resource = 'services' and record->>'title' like 'Service %'`;
    const { rows } = await pool.query<{ stored: number }>(sql);
    expect(rows[0]?.stored).toBe(ended.filter((status) => status === 201).length);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(stopWithinMs);
    await agent.destroy();
  });

  it('tells sockets with 1012 and streams with a moment of their own to come back, and ends them', async () => {
    const node = await start();
    const closed = Array.from({ length: 3 }, () => {
      const socket = new WebSocket(`${node.url.replace('http', 'ws')}/sync/ws?resources=services`);
      return new Promise<number>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('close', resolve);
        socket.on('message', () => undefined);
      });
    });
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => fetch(`${node.url}/sync/stream?resources=services`)),
    );
    const texts = streams.map((stream) => stream.text());
    await waitUntil('all are connected', async () => {
      const status = await fetch(`${node.url}/sync/status`, { headers: { authorization } });
      const { transports } = (await status.json()) as { transports: { websocket: number; sse: number } };
      return transports.websocket === 3 && transports.sse === 5;
    });
    const stopping = stopInTime(node);
    expect(await Promise.all(closed)).toEqual([1012, 1012, 1012]);
    const waits = (await Promise.all(texts)).map((text) => Number([...text.matchAll(/^retry: (\d+)$/gm)].at(-1)?.[1]));
    expect(waits.every((wait) => wait >= 500 && wait <= 5_000)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(1);
    const { code, tookMs } = await stopping;
    expect([code, tookMs < stopWithinMs]).toEqual([0, true]);
  });

  it('gives its webhooks back, so that another node tells them at once', async () => {
    const first = await start();
    const agent = new Agent();
    const registered = await fetch(`${first.url}/webhooks`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ url: receiver.url }),
    });
    expect(registered.status).toBe(201);
    await save(first.url, 1, agent);
    await waitUntil('the first is told', () => receiver.calls >= 1);
    const { code } = await stopInTime(first);
    expect(code).toBe(0);
    const { rows } = await pool.query(
      'select * from backoffice_sync.leases union all select work, 0, node, expires_at from backoffice_sync.lease_nodes',
    );
    expect(rows).toEqual([]);
    const second = await start();
    const before = receiver.calls;
    const began = performance.now();
    await save(second.url, 2, agent);
    await waitUntil('the second tells it', () => receiver.calls > before);
    // A lease that was not given back would be waited for: ten seconds.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(receiver.wrongs).toEqual([]);
    await agent.destroy();
  });

  it('ends with 0 in bounded time also while a receiver of webhooks hangs', async () => {
    const node = await start();
    const agent = new Agent();
    const hanging = await startHanging();
    await fetch(`${node.url}/webhooks`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ url: hanging.url }),
    });
    await save(node.url, 1, agent);
    await hanging.called;
    const { code, tookMs } = await stopInTime(node);
    expect([code, tookMs < stopWithinMs]).toEqual([0, true]);
    await hanging.close();
    await agent.destroy();
  });
});

/** A receiver that takes a call and never answers. */
async function startHanging(): Promise<{
  readonly url: string;
  readonly called: Promise<void>;
  close(): Promise<void>;
}> {
  const { createServer } = await import('node:http');
  let tell = (): void => undefined;
  const called = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer(() => tell());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    called,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
