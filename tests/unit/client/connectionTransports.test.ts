import { afterEach, expect, it, vi } from 'vitest';
import { createConnection } from 'backoffice-sync/client';
import { createConnectionWorld } from './connectionWorld.ts';

afterEach(() => vi.unstubAllGlobals());

const record = (size: number) => ({ size });

it('the socket carries the data where there is one, and nothing else is opened', async () => {
  const { network, follow, log, connection, pass } = createConnectionWorld();
  const { told } = follow({ resources: ['goals'] });
  await network.flush();
  log.save('goals', '1', record(1));
  await pass(20_000);
  expect(told).toEqual(['goals 1 created']);
  expect(connection.getStatus()).toMatchObject({ state: 'live', transport: 'websocket', recovered: true, attempts: 0 });
  expect(network.tries).toEqual({ websocket: 1, sse: 0, poll: 0 });
});

it('each lesser transport carries the data after 3 seconds without the better ones, and goes when they are back', async () => {
  const { network, follow, log, connection, pass, statuses } = createConnectionWorld();
  Object.assign(network.ways, { websocket: 'refused', sse: 'refused' });
  const { told } = follow({ resources: ['goals'], since: log.head });
  log.save('goals', '1', record(1));
  await network.flush();
  await pass(2500);
  expect(network.tries.sse).toBe(0);
  await pass(500);
  expect(network.tries).toMatchObject({ sse: 1, poll: 0 });
  await pass(3000);
  expect(connection.getStatus()).toMatchObject({ state: 'polling', transport: 'longPoll' });
  expect(told).toEqual(['goals 1 created']);
  network.ways.sse = 'open';
  await pass(3000);
  expect(connection.getStatus()).toMatchObject({ state: 'live', transport: 'sse' });
  log.save('goals', '1', record(2));
  await network.flush();
  network.ways.websocket = 'open';
  await pass(3000);
  log.save('goals', '1', record(3));
  await network.flush();
  expect(told).toEqual(['goals 1 created', 'goals 1 updated', 'goals 1 updated']);
  expect(statuses.map(({ state, transport }) => `${state} ${transport}`)).toEqual([
    'connecting null',
    'polling longPoll',
    'live sse',
    'live websocket',
  ]);
  expect([...network.pipes].map(({ kind }) => kind)).toEqual(['websocket']);
});

it('where a server cannot hold a poll back, it is asked at the interval', async () => {
  const { network, follow, pass, connection } = createConnectionWorld({ transports: ['poll'], pollingInterval: 5000 });
  follow({ resources: ['goals'] });
  await network.flush();
  await pass(20_000);
  expect(connection.getStatus()).toMatchObject({ state: 'polling', transport: 'poll' });
  expect(network.tries.poll).toBe(5);
});

it('a transport that opens and says nothing is let go after the time for its first word', async () => {
  const { network, follow, pass, connection } = createConnectionWorld({ connectionTimeout: 4000 });
  network.ways.websocket = 'hangs';
  follow({ resources: ['goals'] });
  await network.flush();
  await pass(3500);
  expect(connection.getStatus()).toMatchObject({ transport: 'sse' });
  expect(network.tries.websocket).toBe(1);
  await pass(1000);
  expect(network.tries.websocket).toBe(2);
});

it('a socket that opens and dies at once, again and again, does not keep the stream from carrying the data', async () => {
  const { network, follow, connection, pass, log } = createConnectionWorld();
  const { told } = follow({ resources: ['goals'], since: log.head });
  for (let turn = 0; turn < 12; turn += 1) {
    await network.flush();
    for (const pipe of network.pipes) if (pipe.kind === 'websocket') pipe.cut();
    await pass(500);
  }
  for (const pipe of network.pipes) if (pipe.kind === 'websocket') pipe.cut();
  await network.flush();
  expect(connection.getStatus()).toMatchObject({ transport: 'sse' });
  log.save('goals', '1', record(1));
  await network.flush();
  expect(told).toEqual(['goals 1 created']);
});

it('the first try comes within half a second, the others within 3, after the most tries within 30, and never none', async () => {
  const { network, follow, clock } = createConnectionWorld({ transports: ['websocket'], maxReconnectAttempts: 4 });
  network.ways.websocket = 'refused';
  follow({ resources: ['goals'] });
  const times: number[] = [];
  const startMs = clock.now();
  for (let ms = 0; ms < 120_000; ms += 50) {
    const before = network.tries.websocket;
    await Promise.resolve();
    await Promise.resolve();
    clock.advance(50);
    if (network.tries.websocket > before) times.push(clock.now() - startMs);
  }
  const waits = times.map((time, index) => time - (times[index - 1] ?? 0));
  // Half of each step is chance, and chance is 0.5 here.
  expect(waits.slice(1, 7).map((ms) => Math.round(ms / 250) * 250)).toEqual([250, 750, 1500, 2250, 22_500, 22_500]);
});

it('a socket that is silent for two heartbeats is replaced', async () => {
  const { network, follow, clock } = createConnectionWorld();
  follow({ resources: ['goals'] });
  await network.flush();
  clock.advance(49_000);
  expect(network.tries.websocket).toBe(1);
  clock.advance(1500);
  clock.advance(500);
  expect(network.tries.websocket).toBe(2);
});

it('a page that is looked at again asks its socket for a sign of life, and replaces one that gives none', async () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  const { network, follow, pass, clock } = createConnectionWorld();
  follow({ resources: ['goals'] });
  await network.flush();
  page.dispatchEvent(new Event('visibilitychange'));
  await pass(6000);
  expect(network.tries.websocket).toBe(1);
  page.dispatchEvent(new Event('visibilitychange'));
  clock.advance(4900);
  expect(network.tries.websocket).toBe(1);
  clock.advance(700);
  expect(network.tries.websocket).toBe(2);
});

it('a network that is back is used at once, and one that is gone is said', async () => {
  const { network, follow, connection, setOnline, pass, log } = createConnectionWorld();
  const { told } = follow({ resources: ['goals'] });
  await network.flush();
  setOnline(false);
  expect(connection.getStatus()).toMatchObject({ state: 'offline', transport: null });
  log.save('goals', '1', record(1));
  await pass(60_000);
  expect(told).toEqual([]);
  setOnline(true);
  await network.flush();
  expect(told).toEqual(['goals 1 created']);
  expect(connection.getStatus().state).toBe('live');
});

it('a refused sign-in ends all tries and says so; reconnect tries again', async () => {
  const { network, follow, connection, pass } = createConnectionWorld();
  network.refusal = () => ({ status: 401, code: 'LOGIN_REQUIRED' });
  const { told } = follow({ resources: ['goals'] });
  await network.flush();
  await pass(120_000);
  expect(connection.getStatus()).toMatchObject({ state: 'closed', problem: { status: 401, code: 'LOGIN_REQUIRED' } });
  expect(network.tries).toEqual({ websocket: 1, sse: 0, poll: 0 });
  network.refusal = null;
  connection.reconnect();
  await network.flush();
  expect(connection.getStatus()).toMatchObject({ state: 'live' });
  expect(told).toEqual([]);
});

it('a stream that is refused for who one is ends all tries as well', async () => {
  const { network, follow, connection, pass } = createConnectionWorld({ transports: ['sse', 'poll'] });
  network.refusal = () => ({ status: 401, code: 'LOGIN_REQUIRED' });
  follow({ resources: ['goals'] });
  await network.flush();
  await pass(60_000);
  expect(connection.getStatus()).toMatchObject({ state: 'closed', problem: { status: 401 } });
  expect(network.tries).toEqual({ websocket: 0, sse: 1, poll: 0 });
});

it('a connection is let go when nothing is followed, and goes on from its place after a pause', async () => {
  const { network, follow, connection, log } = createConnectionWorld();
  const { told, close } = follow({ resources: ['goals'] });
  await network.flush();
  connection.disconnect();
  expect(connection.getStatus().state).toBe('closed');
  expect(network.pipes.size).toBe(0);
  log.save('goals', '1', record(1));
  connection.connect();
  await network.flush();
  expect(told).toEqual(['goals 1 created']);
  close();
  connection.disconnect();
  expect(network.pipes.size).toBe(0);
});

it('the last one who stops following closes the socket', async () => {
  const { network, follow, connection } = createConnectionWorld();
  const { close } = follow({ resources: ['goals'] });
  await network.flush();
  close();
  await network.flush();
  expect([network.pipes.size, connection.getStatus().state]).toEqual([0, 'closed']);
});

it('with a token, which no socket of a browser can send, the stream carries it', async () => {
  const headers: unknown[] = [];
  const world = createConnectionWorld();
  const connection = createConnection({
    backendUrl: 'http://stand-in.test',
    token: 'secret',
    WebSocket: world.network.WebSocket,
    fetch: ((input, init) => {
      headers.push((init?.headers as Record<string, string>)['Authorization']);
      return world.network.fetch(input, init);
    }) as typeof fetch,
  });
  connection.follow({ resources: ['goals'], onEvent: () => undefined });
  await world.network.flush();
  expect(connection.getStatus()).toMatchObject({ state: 'live', transport: 'sse' });
  expect([headers, world.network.tries.websocket]).toEqual([['Bearer secret'], 0]);
  connection.close();
});

it('an option that nobody reads is refused, and so is a value that is not possible', () => {
  const make = (options: object) => () => createConnection(options);
  expect(make({ poolingInterval: 1 })).toThrow(expect.objectContaining({ code: 'OPTION_UNKNOWN' }));
  expect(make({ transports: ['carrier'] })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  expect(make({ connectionTimeout: -1 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});
