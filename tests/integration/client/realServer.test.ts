import { WebSocket as NodeWebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createConnection,
  type Clock,
  type Connection,
  type ConnectionOptions,
  type TransportName,
} from 'backoffice-sync/client';
import type { User } from '../../../backend/auth/permissions.ts';
import type { ChangeEvent, ResetEvent } from '../../../shared/protocol/events.ts';
import { startCuttingProxy, type CuttingProxy } from '../../helpers/cuttingProxy.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const people: Readonly<Record<string, User>> = {
  ada: { id: 'ada', name: 'Ada', role: 'admin', kind: 'admin' },
  eve: { id: 'eve', name: 'Eve', role: 'viewer', kind: 'admin' },
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

let at: Started;
let proxy: CuttingProxy;
const connections: Connection[] = [];

beforeEach(async () => {
  at = await startSync({ authenticate: (request) => people[request.get('x-user') ?? ''] ?? null });
  proxy = await startCuttingProxy(at.url);
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await proxy.close();
  await at.stop();
});

const connectAs = (name: string, options: ConnectionOptions = {}): Connection => {
  // A browser says by itself where a page is from.
  const headers = { 'x-user': name, origin: proxy.url };
  const connection = createConnection({
    backendUrl: proxy.url,
    WebSocket: class extends NodeWebSocket {
      constructor(url: string) {
        super(url, { headers });
      }
    } as unknown as typeof WebSocket,
    fetch: (input, init) =>
      fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers } }),
    pollingInterval: 50,
    clock: hurried,
    ...options,
  });
  connections.push(connection);
  return connection;
};
const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });
const rename = (name: string) => at.send('PATCH', '/api/settings', { companyName: name });

describe.each<readonly [TransportName]>([['websocket'], ['sse'], ['longPoll'], ['poll']])(
  'the real server over %s',
  (name) => {
    it('tells each save once and in order, wherever the connection is cut', async () => {
      const connection = connectAs('ada', { transports: [name] });
      const names: unknown[] = [];
      const resets: ResetEvent[] = [];
      const onEvent = (event: ChangeEvent | ResetEvent): void => {
        if (event.type === 'reset') resets.push(event);
        else names.push(event.change.record?.['companyName']);
      };
      const { cursor } = (await (await fetch(`${at.url}/api/sync/poll`)).json()) as { cursor: string };
      proxy.cutAfter([1, 120, 300, 512, 800, 1000, 1333, 2000]);
      connection.follow({ resources: ['settings'], since: cursor, onEvent });
      const expected: string[] = [];
      for (let index = 0; index < 12; index += 1) {
        expected.push(`Été — ${index}`);
        await rename(`Été — ${index}`);
        if (index % 4 === 3) proxy.cutAll();
      }
      await until(() => expect(names).toEqual(expected));
      expect(resets).toEqual([]);
      expect(connection.getStatus()).toMatchObject({ transport: name, recovered: true });
    });

    it('tells messages to all tabs of their user, once', async () => {
      const [one, other, stranger] = [
        connectAs('ada', { transports: [name] }),
        connectAs('ada', { transports: [name] }),
        connectAs('eve', { transports: [name] }),
      ];
      const told: string[][] = [[], [], []];
      [one, other, stranger].forEach((connection, index) =>
        connection.onMessage(({ payload }) => told[index]?.push(JSON.stringify(payload))),
      );
      await until(() => {
        for (const connection of connections) expect(connection.getStatus().transport).toBe(name);
      });
      for (const n of [1, 2, 3]) await one.send('test', { n });
      await until(() =>
        expect(told.slice(0, 2)).toEqual([
          ['{"n":1}', '{"n":2}', '{"n":3}'],
          ['{"n":1}', '{"n":2}', '{"n":3}'],
        ]),
      );
      expect(told[2]).toEqual([]);
    });

    it('shows who is there, and who is gone', async () => {
      const here = connectAs('ada', { transports: [name] }).enter('presence:team:m1', { field: 'name' });
      const there = connectAs('eve', { transports: [name] }).enter('presence:team:m1', { field: 'role' });
      const users = (of: typeof here) =>
        of
          .members()
          .map(({ user, state }) => `${user.id} ${String(state['field'])}`)
          .sort();
      await until(() =>
        expect([users(here), users(there)]).toEqual([
          ['ada name', 'eve role'],
          ['ada name', 'eve role'],
        ]),
      );
      there.update({ field: 'phone' });
      await until(() => expect(users(here)).toEqual(['ada name', 'eve phone']));
      proxy.cutAll();
      await until(() =>
        expect([users(here), users(there)]).toEqual([
          ['ada name', 'eve phone'],
          ['ada name', 'eve phone'],
        ]),
      );
      there.leave();
      await until(() => expect(users(here)).toEqual(['ada name']));
    });
  },
);

it('whoever is nobody is told to sign in, and nothing is tried any more', async () => {
  const connection = connectAs('nobody');
  connection.onMessage(() => undefined);
  await until(() => expect(connection.getStatus()).toMatchObject({ state: 'closed', problem: { status: 401 } }));
});

it('a resource that does not exist is refused alone, in words, and the others go on', async () => {
  const sentences: string[] = [];
  const connection = connectAs('ada', { debug: (sentence) => sentences.push(sentence) });
  const names: unknown[] = [];
  const follow = (resource: string) =>
    connection.follow({
      resources: [resource],
      onEvent: (event) => names.push(event.type === 'change' ? event.change.resource : event.reason),
    });
  follow('settings');
  follow('setings');
  follow('team');
  await until(() => {
    expect(sentences.join('\n')).toContain('There is no resource "setings". Did you mean "settings"?');
    expect(connection.getStatus().state).toBe('live');
  });
  await rename('one');
  await at.send('PATCH', '/api/team/m1', { phone: '1' });
  await until(() => expect(names).toEqual(['settings', 'team']));
});
