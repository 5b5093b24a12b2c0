import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionManager, getConnectionManager } from 'backoffice-sync/client';
import { createPresenceChannels } from '../../../backoffice/client/connection/createPresence.ts';
import type { SyncProblem } from '../../../backoffice/client/index.ts';
import type { PresenceEvent, PresenceMember } from '../../../shared/protocol/presence.ts';
import { createConnectionWorld } from './connectionWorld.ts';
import { createTestClock } from './testClock.ts';

afterEach(() => vi.unstubAllGlobals());

it('each message of a burst arrives, once and in order, on every transport', async () => {
  const { network, connection, log, pass } = createConnectionWorld();
  const told: string[] = [];
  connection.onMessage(({ id }) => told.push(id));
  await network.flush();
  for (let index = 0; index < 5; index += 1) log.message('test');
  for (const pipe of network.pipes) pipe.pump();
  for (const pipe of network.pipes) pipe.deliver(700);
  for (const pipe of network.pipes) pipe.cut();
  network.ways.websocket = 'refused';
  log.message('test');
  await pass(4000);
  for (const pipe of network.pipes) pipe.cut();
  network.ways.sse = 'refused';
  log.message('test');
  await pass(8000);
  expect(connection.getStatus().transport).toBe('longPoll');
  expect(told.map((id) => id.split(':')[1])).toEqual(['1', '2', '3', '4', '5', '6', '7']);
});

it('a listener gets only the types and rooms that it asked for, until it stops', async () => {
  const { network, connection, log } = createConnectionWorld();
  const [typed, room, all]: string[][] = [[], [], []];
  connection.onMessage(({ type }) => typed?.push(type), { types: ['notification'] });
  connection.onMessage((message) => room?.push(`${message.room}`), { rooms: ['project:4'] });
  const stop = connection.onMessage(({ type }) => all?.push(type));
  await network.flush();
  log.message('test');
  log.message('notification');
  log.message('document_updated', 'project:4');
  log.message('document_updated', 'project:5');
  await network.flush();
  stop();
  log.message('test');
  await network.flush();
  expect([typed, room, all]).toEqual([['notification'], ['project:4'], ['test', 'notification', 'document_updated']]);
});

it('who follows records alone is not told that messages were missed', async () => {
  const { network, connection, log, follow } = createConnectionWorld();
  const { told } = follow({ resources: ['goals'] });
  const onReset = vi.fn();
  connection.onMessage(() => undefined, { onReset });
  await network.flush();
  log.force();
  Object.assign(log.entries[0] ?? {}, { scope: 'messages', reason: 'expired' });
  log.save('goals', '1', {});
  await network.flush();
  expect(told).toEqual(['goals 1 created']);
  expect(onReset).toHaveBeenCalledTimes(1);
});

it('a message to a room goes over the socket, to oneself by a request, and a refusal is told', async () => {
  const { network, connection } = createConnectionWorld();
  connection.connect();
  await network.flush();
  await connection.send('document_updated', { at: 1 }, { room: 'project:4' });
  await connection.send('test', { text: 'Hello' });
  await network.flush();
  expect(network.said).toEqual([
    { path: '/api/sync/send', type: 'test', payload: { text: 'Hello' } },
    { type: 'send', room: 'project:4', message: { type: 'document_updated', payload: { at: 1 } } },
  ]);
  network.ways.poll = 'refused';
  await expect(connection.send('test', {})).rejects.toMatchObject({ problem: { code: 'NETWORK_FAILED' } });
});

it('a channel is entered over the socket, and again after a cut, without a second member', async () => {
  const { network, connection, pass } = createConnectionWorld();
  await network.flush();
  const presence = connection.enter('presence:goal:17', { field: 'title' });
  await network.flush();
  for (const pipe of network.pipes) pipe.cut();
  await pass(1000);
  presence.update({ field: 'body' });
  presence.leave();
  await network.flush();
  const frame = { type: 'presence', channel: 'presence:goal:17', key: presence.key };
  expect(network.said).toEqual([
    { ...frame, state: { field: 'title' } },
    { ...frame, state: { field: 'title' } },
    { ...frame, state: { field: 'body' } },
    { ...frame, state: null },
  ]);
});

it('without a socket one says by requests that one is there, every 25 seconds', async () => {
  const { network, connection, pass } = createConnectionWorld({ transports: ['sse', 'poll'] });
  const presence = connection.enter('project:4', { name: 'Zoé' });
  await network.flush();
  await pass(26_000);
  presence.leave();
  await pass(30_000);
  const { key } = presence;
  const there = { path: '/api/sync/presence', channel: 'project:4', key, state: { name: 'Zoé' } };
  expect(network.said).toEqual([there, there, { ...there, state: null }]);
});

it('who is there is replaced by a sync, and patched by joins, updates and leaves', () => {
  let refuse: (problem: SyncProblem) => void = () => undefined;
  const channels = createPresenceChannels({
    key: 'me',
    clock: createTestClock(),
    say: () => true,
    post: () => undefined,
    follow: (_channel, onRefused) => {
      refuse = onRefused;
      return () => undefined;
    },
  });
  const presence = channels.enter('room', null);
  const seen: string[] = [];
  const stop = presence.subscribe((members) =>
    seen.push(members.map(({ key, state }) => `${key}${String(state['n'] ?? '')}`).join(' ')),
  );
  const member = (key: string, n = 0): PresenceMember => ({
    key,
    user: { id: key, name: key },
    state: { n },
    joinedAt: '',
  });
  const tell = (event: PresenceEvent['event'], ...members: PresenceMember[]) =>
    channels.take({ type: 'presence', channel: 'room', event, members });
  tell('sync', member('a'), member('b'));
  tell('join', member('c'));
  tell('join', member('c'));
  tell('update', member('a', 5));
  tell('leave', member('b'));
  refuse({ code: 'FORBIDDEN', title: 'Not allowed', status: 403 });
  expect([presence.members(), presence.problem()?.code]).toEqual([[], 'FORBIDDEN']);
  tell('sync', member('d'));
  expect(presence.problem()).toBe(null);
  stop();
  tell('leave', member('d'));
  expect(seen).toEqual(['a0 b0', 'a0 b0 c0', 'a0 b0 c0', 'a5 b0 c0', 'a5 c0', '', 'd0']);
  expect(presence.members()).toEqual([]);
});

it('a page has one manager for the same addresses, which says whether it is connected', async () => {
  const { network, log, clock } = createConnectionWorld();
  const options = {
    websocketUrl: 'ws://localhost:5000/ws',
    pollingUrl: 'http://localhost:5000/api/sync',
    pollingInterval: 5000,
    maxReconnectAttempts: 10,
    connectionTimeout: 10_000,
  };
  const stand = { ...options, clock, WebSocket: network.WebSocket, fetch: network.fetch };
  const manager = getConnectionManager(stand);
  expect(getConnectionManager(stand)).toBe(manager);
  expect(manager).toBeInstanceOf(ConnectionManager);
  expect(getConnectionManager({ ...stand, pollingUrl: 'http://localhost:5001/api/sync' })).not.toBe(manager);
  const [told, states]: string[][] = [[], []];
  const stop = manager.onMessage(({ type }) => told?.push(type));
  manager.onStatusChange(({ state }) => states?.push(state));
  expect(manager.isConnected).toBe(false);
  manager.connect();
  await network.flush();
  expect(manager.isConnected).toBe(true);
  log.message('test');
  await network.flush();
  stop();
  log.message('test');
  await network.flush();
  manager.disconnect();
  expect([told, states, manager.isConnected]).toEqual([['test'], ['live', 'closed'], false]);
});
