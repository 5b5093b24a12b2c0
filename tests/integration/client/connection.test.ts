import { WebSocket as NodeWebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createConnection,
  type Clock,
  type Connection,
  type ConnectionOptions,
  type TransportName,
} from 'backoffice-sync/client';
import type { ChangeEvent, ResetEvent } from '../../../shared/protocol/events.ts';
import { createScriptedLog, type ScriptedLog } from '../../helpers/scriptedLog.ts';
import { startScriptedServer, type ScriptedServer } from '../../helpers/scriptedServer.ts';

let log: ScriptedLog;
let server: ScriptedServer;
let connection: Connection;
let told: (ChangeEvent | ResetEvent)[];

beforeEach(async () => {
  log = createScriptedLog();
  server = await startScriptedServer(log);
  told = [];
});
afterEach(async () => {
  connection.close();
  await server.close();
});

const connect = (options: ConnectionOptions = {}) => {
  connection = createConnection({
    backendUrl: server.url,
    WebSocket: NodeWebSocket as unknown as typeof WebSocket,
    pollingInterval: 50,
    ...options,
  });
  return connection;
};
const follow = (since: string | undefined = log.head) =>
  connection.follow({ resources: ['goals'], since, onEvent: (event) => told.push(event) });
const numbers = () => told.map((event) => (event.type === 'change' ? event.change.seq : event.reason));
const save = (count: number) => {
  for (let index = 0; index < count; index += 1) log.save('goals', '1', { name: `Été — ${index} ✓` });
};
/** Waits between tries are short; time-outs stay, so that a slow machine changes nothing. */
const hurried: Clock = {
  now: () => Date.now(),
  random: () => 0.5,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs <= 3000 ? delayMs / 50 : delayMs);
    return () => clearTimeout(timer);
  },
};
const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe.each<readonly [TransportName]>([['websocket'], ['sse'], ['longPoll'], ['poll']])('over %s', (transport) => {
  it('each change comes once and in order, wherever the connection is cut', async () => {
    connect({ transports: [transport], clock: hurried });
    // From the first byte of what is told to far into it, in the middle of frames and of characters.
    server.cutAfter([0, 1, 60, 150, 423, 700, 1001, 1500, 2222]);
    follow();
    save(10);
    await until(() => expect(numbers()).toEqual(upTo(10)));
    save(5);
    await until(() => expect(numbers()).toEqual(upTo(15)));
    expect(connection.getStatus()).toMatchObject({ transport, recovered: true });
  });

  it('what a proxy holds back comes later, once and in order', async () => {
    connect({ transports: [transport] });
    follow();
    save(1);
    await until(() => expect(numbers()).toEqual([1]));
    server.holdBack(true);
    save(20);
    server.cutAll();
    save(20);
    server.holdBack(false);
    await until(() => expect(numbers()).toEqual(upTo(41)));
  });

  it('a log that was replaced is told as one reset, and then goes on', async () => {
    connect({ transports: [transport] });
    follow();
    save(2);
    await until(() => expect(numbers()).toEqual([1, 2]));
    server.cutAll();
    log.replace();
    await until(() => expect(numbers()).toEqual([1, 2, 'epoch']));
    save(1);
    await until(() => expect(numbers()).toEqual([1, 2, 'epoch', 1]));
    expect(connection.getStatus().recovered).toBe(false);
  });

  it('several followers of one connection share it', async () => {
    connect({ transports: [transport] });
    const others: number[] = [];
    follow();
    connection.follow({
      resources: ['tasks'],
      since: log.head,
      onEvent: (event) => others.push(event.type === 'change' ? event.change.seq : -1),
    });
    save(1);
    log.save('tasks', '1', {});
    save(1);
    await until(() => expect([numbers(), others]).toEqual([[1, 3], [2]]));
    if (transport === 'websocket' || transport === 'sse') expect(server.taken.ws + server.taken.stream).toBe(1);
  });
});

it('a blocked socket costs 3 seconds, and data comes by the stream without a gap until the socket is back', async () => {
  server.blocked.add('ws');
  connect();
  follow();
  save(3);
  await until(() => expect(connection.getStatus()).toMatchObject({ state: 'live', transport: 'sse' }));
  await until(() => expect(numbers()).toEqual([1, 2, 3]));
  server.blocked.delete('ws');
  const writer = setInterval(() => save(1), 5);
  await until(() => expect(connection.getStatus()).toMatchObject({ transport: 'websocket' }));
  clearInterval(writer);
  save(1);
  const last = log.entries.length;
  await until(() => expect(numbers().at(-1)).toBe(last));
  expect(numbers()).toEqual(upTo(last));
});

it('a server that goes away and comes back at the same place is found within 3 seconds', async () => {
  connect();
  follow();
  save(1);
  await until(() => expect(numbers()).toEqual([1]));
  const start = Date.now();
  server.cutAll();
  save(1);
  await until(() => expect(numbers()).toEqual([1, 2]));
  expect(connection.getStatus().state).toBe('live');
  // The first try waits 0 to 500 ms; the rest of the 3 seconds is for a machine that is busy.
  expect(Date.now() - start).toBeLessThan(3000);
});

it('messages, rooms and presence go over the same connection', async () => {
  connect();
  const messages: string[] = [];
  connection.onMessage(({ type }) => messages.push(type));
  const presence = connection.enter('project:4', { name: 'Zoé' });
  await until(() =>
    expect(server.said).toContainEqual(expect.objectContaining({ type: 'presence', key: presence.key })),
  );
  log.message('test');
  log.message('document_updated', 'project:4');
  await until(() => expect(messages).toEqual(['test', 'document_updated']));
  await connection.send('test', { text: 'Hello' });
  expect(server.said).toContainEqual({ path: '/api/sync/send', type: 'test', payload: { text: 'Hello' } });
  expect(server.taken).toEqual({ ws: 1, stream: 0, poll: 0 });
});
