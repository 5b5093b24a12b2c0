import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { EventSource } from 'eventsource';
import express, { type Response } from 'express';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLiveChanges, type LiveChanges, type LiveChangesOptions, type LiveStatus } from 'backoffice-sync/client';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import { createTestClock } from './testClock.ts';

const epoch = '01890000-0000-7000-8000-000000000000';
const cursor = (seq: number) => `${epoch}:${seq}`;
const change = (seq: number) =>
  ({
    type: 'change',
    cursor: cursor(seq),
    change: { cursor: cursor(seq), seq, resource: 'team' },
  }) as unknown as SyncEvent;

let server: Server;
let url: string;
let live: LiveChanges;
let streamAnswers: boolean;
let pollBody: unknown;
const streams: { since: unknown; response: Response }[] = [];
const polls: unknown[] = [];
const events: SyncEvent[] = [];
const states: LiveStatus['state'][] = [];

beforeEach(async () => {
  [streamAnswers, pollBody] = [true, null];
  for (const list of [streams, polls, events, states]) list.length = 0;
  const app = express();
  app.get('/api/sync/stream', (request, response) => {
    streams.push({ since: request.query['since'], response });
    if (!streamAnswers) return void response.status(503).end();
    response.set('Content-Type', 'text/event-stream').flushHeaders();
  });
  app.get('/api/sync/poll', (request, response) => {
    polls.push(request.query['since']);
    if (pollBody === null) response.status(503).json({ code: 'STORE_UNAVAILABLE', title: 'Not now' });
    else response.json(pollBody);
  });
  server = createServer(app);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('close', () => sockets.clear());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  live.close();
  server.closeAllConnections();
  server.close();
});

const follow = (options: Partial<LiveChangesOptions> = {}) => {
  live = createLiveChanges({
    backendUrl: url,
    resources: ['settings', 'team'],
    since: cursor(5),
    EventSource: EventSource,
    onEvent: (event) => events.push(event),
    onStatus: (status) => states.push(status.state),
    ...options,
  });
};
const send = (event: SyncEvent) => streams.at(-1)?.response.write(`data: ${JSON.stringify(event)}\n\n`);

it('each change arrives once, in order, and a repeat is dropped', async () => {
  follow();
  await vi.waitFor(() => expect(states).toEqual(['live']));
  for (const seq of [6, 7, 7, 6, 8]) send(change(seq));
  await vi.waitFor(() => expect(events.map((event) => event.type === 'change' && event.change.seq)).toEqual([6, 7, 8]));
});

it('a stream that dies is opened again from the last cursor', async () => {
  const clock = createTestClock();
  follow({ clock });
  await vi.waitFor(() => expect(states).toEqual(['live']));
  send(change(6));
  await vi.waitFor(() => expect(events).toHaveLength(1));
  streams[0]?.response.end();
  await vi.waitFor(() => expect(states).toEqual(['live', 'connecting']));
  clock.advance(500);
  await vi.waitFor(() => expect(states).toEqual(['live', 'connecting', 'live']));
  expect(streams.map((stream) => stream.since)).toEqual([cursor(5), cursor(6)]);
});

it('a failure that lasts 3 seconds is bridged by polling, until the stream is back', async () => {
  const clock = createTestClock();
  streamAnswers = false;
  pollBody = { success: true, messages: [change(6)], timestamp: 1, count: 1, cursor: cursor(6), recovered: true };
  follow({ clock });
  await vi.waitFor(() => expect(clock.delays).toContain(250));
  expect(polls).toEqual([]);
  clock.advance(3000);
  await vi.waitFor(() => expect(states.at(-1)).toBe('polling'));
  expect(events).toMatchObject([{ type: 'change', cursor: cursor(6) }]);
  streamAnswers = true;
  await vi.waitFor(() => {
    clock.advance(3000);
    expect(live.getStatus().state).toBe('live');
  });
  expect(streams.at(-1)?.since).toBe(cursor(6));
  expect(polls[0]).toBe(cursor(5));
});

it('a poll that cannot go on without a gap is told as a reset', async () => {
  const clock = createTestClock();
  streamAnswers = false;
  pollBody = { success: true, messages: [], timestamp: 1, count: 0, cursor: cursor(90), recovered: false };
  follow({ clock });
  await vi.waitFor(() => expect(clock.delays).toContain(250));
  clock.advance(3000);
  await vi.waitFor(() => expect(events).toMatchObject([{ type: 'reset', cursor: cursor(90) }]));
});

it('a server that answers nothing at all is called offline, with the reason', async () => {
  const clock = createTestClock();
  streamAnswers = false;
  follow({ clock });
  await vi.waitFor(() => expect(clock.delays).toContain(250));
  clock.advance(3000);
  await vi.waitFor(() =>
    expect(live.getStatus()).toMatchObject({ state: 'offline', problem: { code: 'STORE_UNAVAILABLE' } }),
  );
});

it('the steps between tries never exceed 3 seconds', async () => {
  const clock = createTestClock();
  const delays: number[] = [];
  streamAnswers = false;
  follow({
    clock: { ...clock, random: () => 0.999, after: (ms, callback) => (delays.push(ms), clock.after(ms, callback)) },
  });
  await vi.waitFor(() => {
    clock.advance(3000);
    expect(streams.length).toBeGreaterThan(6);
  }, 5000);
  expect(Math.max(...delays.filter((ms) => ms !== 20_000))).toBeLessThanOrEqual(3000);
});
