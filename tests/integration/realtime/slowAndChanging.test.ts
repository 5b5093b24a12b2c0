import { get } from 'node:http';
import type { Request } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { parseCursor } from '../../../shared/cursor.ts';
import { openSocket, type Frame } from '../../helpers/openSocket.ts';
import { handshake, openRawSocket } from '../../helpers/rawSocket.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const seqOf = (frame: Frame): number => parseCursor(String(frame['cursor']))?.seq ?? -1;

describe('a reader', () => {
  let at: Started;
  afterEach(() => at.stop());
  const rename = (text: string) => at.send('PATCH', '/api/settings', { companyName: text });
  const websockets = async (name: 'websocket' | 'sse'): Promise<number> => {
    const status = (await (await at.send('GET', '/api/sync/status')).json()) as { transports: Record<string, number> };
    return status.transports[name] ?? 0;
  };

  it('that changes its subscription among saves is told everything after each new place once, and nothing of the old one', async () => {
    at = await startSync({ realtime: { heartbeatMs: 60_000 } });
    const socket = await openSocket(`${at.url}/api/sync/ws?resources=settings,services`);
    const begin = await socket.next('subscribed');
    let isSaving = true;
    const saving = (async () => {
      for (let index = 0; isSaving; index += 1) {
        await Promise.all([rename(`n${index}`), at.send('PATCH', '/api/services/s1', { price: `${index}` })]);
      }
    })();
    const queries = [['settings'], ['services'], ['settings', 'services']];
    // Always from the same place: each new subscription begins with all of it.
    for (let round = 0; round < 60; round += 1) {
      socket.say({ type: 'subscribe', resources: queries[round % 3], since: begin['cursor'] });
      await new Promise((resolve) => setTimeout(resolve, round % 7));
    }
    isSaving = false;
    await saving;
    const head = parseCursor((await at.send('GET', '/api/settings')).headers.get('x-sync-cursor') ?? '')?.seq ?? 0;
    const frames: Frame[] = [];
    let answered = 0;
    while (answered < 60 || seqOf(frames.at(-1) as Frame) < head) {
      const frame = await socket.next('subscribed', 'change');
      frames.push(frame);
      if (frame.type === 'subscribed') answered += 1;
    }
    let followed: readonly string[] = [];
    let last = seqOf(begin);
    let round = 0;
    for (const frame of frames) {
      if (frame.type === 'subscribed') {
        followed = queries[round % 3] ?? [];
        round += 1;
        last = seqOf(begin);
        continue;
      }
      const { resource } = frame['change'] as { resource: string };
      expect(followed).toContain(resource);
      // Both resources together: no place is left out.
      if (followed.length === 2) expect(seqOf(frame)).toBe(last + 1);
      expect(seqOf(frame)).toBeGreaterThan(last);
      last = seqOf(frame);
    }
    socket.cut();
  });

  it.each(['websocket', 'sse'] as const)('over %s that takes nothing holds no more than it may, is ended, and catches up when it comes back; others are told at once', async (transport) => {
    const way = transport === 'websocket' ? 'ws' : 'stream';
    const path = `/api/sync/${way}?resources=services&slow=1`;
    // Asked with every request: where the server's side of the slow connection is to be had.
    let slowRequest: Request | null = null;
    const authenticate = (request: Request): null => {
      if (request.originalUrl === path) slowRequest ??= request;
      return null;
    };
    // Two of them without a byte end it: time for ten rounds while it is full, on a busy machine too.
    at = await startSync({ authenticate, realtime: { heartbeatMs: 1_500 } });
    const before = await openSocket(`${at.url}/api/sync/ws?resources=services`);
    const { cursor } = await before.next('subscribed');
    const slow = await openRawSocket(at.url);
    slow.write(transport === 'websocket' ? handshake(path) : `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await slow.until((text) => text.includes(String(cursor)));
    slow.stopReading();
    const after = await openSocket(`${at.url}/api/sync/ws?resources=services`);
    await after.next('subscribed');
    /** Bytes that the server holds for it. */
    const waiting = (): number => slowRequest?.res?.writableLength ?? slowRequest?.socket.writableLength ?? Number.NaN;
    let [most, longestEvent, heardWhileFull, version] = [0, 0, 0, 1];
    // More than the network between the two takes by itself, in long events and in several that are told together.
    for (let round = 0; round < 60; round += 1) {
      const sizes = round % 3 === 0 ? Array.from({ length: 8 }, () => 6_000) : [100_000];
      await Promise.all(
        sizes.map((size, index) => at.send('PATCH', '/api/services/s1', { title: `${round} ${index} ${'x'.repeat(size)}` })),
      );
      for (const { next } of [before, after]) {
        for (let index = 1; index <= sizes.length; index += 1) {
          const frame = await next('change');
          expect(frame).toMatchObject({ change: { version: version + index } });
          longestEvent = Math.max(longestEvent, Buffer.byteLength(JSON.stringify(frame)) + 128);
        }
      }
      version += sizes.length;
      most = Math.max(most, waiting());
      if (waiting() > 0) heardWhileFull += 1;
    }
    expect(most).toBeLessThanOrEqual(65_536 + longestEvent);
    expect(heardWhileFull).toBeGreaterThan(10);
    const left = transport === 'websocket' ? 2 : 0;
    await waitUntil('it is ended', async () => (await websockets(transport)) === left);
    const back = await openSocket(`${at.url}/api/sync/ws?resources=services&since=${String(cursor)}`);
    const versions = (await back.take(version - 1, 'change')).map(({ change }) => (change as { version: number }).version);
    expect(versions).toEqual(Array.from({ length: version - 1 }, (_, index) => index + 2));
    for (const socket of [back, before, after]) socket.cut();
    slow.destroy();
  }); // prettier-ignore

  it('that asks for fewer events gets fewer, also beside one who follows the same and asks for all', async () => {
    at = await startSync();
    const all = await openSocket(`${at.url}/api/sync/ws?resources=settings`);
    await all.next('subscribed');
    const fewer = await openSocket(`${at.url}/api/sync/ws?resources=settings&eventsPerSecond=1`);
    await fewer.next('subscribed');
    for (let index = 0; index < 10; index += 1) await rename(`n${index}`);
    const last = seqOf((await all.take(10, 'change')).at(-1) as Frame);
    let told = 0;
    for (let seq = 0; seq < last; told += 1) seq = seqOf(await fewer.next('change'));
    expect(told).toBeLessThan(10);
    for (const socket of [all, fewer]) socket.cut();
  });

  it('is told 1012 when the server stops, and one that does not answer keeps it from nothing', async () => {
    at = await startSync();
    const polite = await openSocket(`${at.url}/api/sync/ws?resources=settings`);
    await polite.next('subscribed');
    const room = await openSocket(`${at.url}/api/sync/ws`);
    const rude = await openRawSocket(at.url);
    rude.write(handshake('/api/sync/ws?resources=settings'));
    await rude.until((text) => text.includes('subscribed'));
    const poll = new Promise<number>((resolve) => {
      get(`${at.url}/api/sync/poll?wait=30&resources=settings&since=${String(Date.now())}`, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
    await waitUntil('all are there', async () => (await websockets('websocket')) === 3);
    const started = performance.now();
    await at.restart();
    expect(await polite.closed).toBe(1012);
    expect(await room.closed).toBe(1012);
    expect(await poll).toBe(200);
    expect(performance.now() - started).toBeLessThan(15_000);
    rude.destroy();
  });
});
