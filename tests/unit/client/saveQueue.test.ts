import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createRealtimeSyncService,
  type SyncRequestError,
  type RealtimeSyncService,
  type RealtimeSyncServiceOptions,
} from 'backoffice-sync/client';
import { startStandIn, type StandIn } from './standIn.ts';
import { createTestClock } from './testClock.ts';

const settings = { id: 'main', name: 'n0', phone: 'p0', city: 'c0' };
let server: StandIn;
let service: RealtimeSyncService;

beforeEach(async () => {
  server = await startStandIn({
    '/api/settings': settings,
    '/api/team/a': { id: 'a', name: 'Ada' },
    '/api/team/b': { id: 'b', name: 'Bob' },
  });
});
afterEach(async () => {
  service.close();
  await server.close();
});

const start = (options: RealtimeSyncServiceOptions = {}) => {
  service = createRealtimeSyncService({ backendUrl: server.url, coalesceMs: 5, ...options });
  return service;
};
const stored = (path = '/api/settings') => server.records.get(path);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was saved'),
    (error: unknown) => error as SyncRequestError,
  );
const entries = () => service.getState().entries;

describe('saves of one record', () => {
  it('50 rapid edits end as the last value, in order, with fewer than 50 requests', async () => {
    const { queueSync } = start();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => queueSync('/api/settings', 'PUT', { name: `n${index + 1}` })),
    );
    expect(stored()).toMatchObject({ name: 'n50', phone: 'p0' });
    expect(results.at(-1)?.record).toMatchObject({ name: 'n50' });
    expect(server.saves.length).toBeLessThan(50);
    expect(server.saves.map((save) => Number(String(save.body['name']).slice(1)))).toEqual(
      server.saves.map((save) => Number(String(save.body['name']).slice(1))).sort((a, b) => a - b),
    );
  });

  it('edits that come while a save is on its way join into one more save without a conflict with oneself', async () => {
    const { load, sync, queueSync } = start();
    await load('/api/settings');
    let release = () => {};
    server.interceptions.push((_request, _response, save) => void (release = save));
    const first = sync('/api/settings', 'PUT', { name: 'x0' });
    await vi.waitFor(() => expect(server.saves).toHaveLength(1));
    const later = [1, 2, 3, 4].map((n) => queueSync('/api/settings', 'PUT', { name: `x${n}` }));
    release();
    await Promise.all([first, ...later]);
    expect(stored()).toMatchObject({ name: 'x4' });
    expect(server.saves).toHaveLength(2);
  });

  it('a queued whole form is rebased on the answer before it and keeps what a colleague saved meanwhile', async () => {
    const { load, sync } = start();
    await load('/api/settings');
    server.change('/api/settings', { phone: 'theirs' });
    const first = sync('/api/settings', 'PUT', { name: 'n1', phone: 'p0' });
    const second = sync('/api/settings', 'PUT', { name: 'n2', phone: 'p0' });
    await Promise.all([first, second]);
    expect(stored()).toMatchObject({ name: 'n2', phone: 'theirs' });
    expect(server.saves[1]?.body).toEqual({ name: 'n2', phone: 'theirs', $base: { name: 'n1', phone: 'theirs' } });
  });

  it('a field typed again while a colleague changed it is asked about, not overwritten', async () => {
    const { load, sync } = start();
    await load('/api/settings');
    server.change('/api/settings', { phone: 'theirs' });
    const first = sync('/api/settings', 'PUT', { name: 'n1', phone: 'p0' });
    const second = refusal(sync('/api/settings', 'PUT', { name: 'n1', phone: 'mine' }));
    await first;
    expect((await second).conflicts).toMatchObject([{ path: '/phone', base: 'p0', mine: 'mine', theirs: 'theirs' }]);
    expect(stored()).toMatchObject({ phone: 'theirs' });
  });

  it('a form that was not refreshed with the answer does not put back the old value of a colleague’s field', async () => {
    const { load, sync } = start();
    await load('/api/settings');
    server.change('/api/settings', { phone: 'theirs' });
    await sync('/api/settings', 'PUT', { name: 'n1', phone: 'p0', city: 'c0' });
    await sync('/api/settings', 'PUT', { name: 'n2', phone: 'p0', city: 'c0' });
    expect(stored()).toMatchObject({ name: 'n2', phone: 'theirs' });
  });

  it('a failed save never drops a newer one, and sent again it leaves the newer value alone', async () => {
    const { load, sync, retry } = start();
    await load('/api/settings');
    const failed = refusal(sync('/api/settings', 'PUT', { email: 'wrong', name: 'old' }));
    const newer = sync('/api/settings', 'PUT', { name: 'new' });
    expect((await failed).problem.code).toBe('INVALID');
    await newer;
    expect(entries()).toMatchObject([{ status: 'failed', data: { email: 'wrong' } }]);
    retry();
    await vi.waitFor(() => expect(server.saves).toHaveLength(3));
    expect(server.saves[2]?.body).toEqual({ email: 'wrong', $base: {} });
    expect(stored()).toMatchObject({ name: 'new' });
  });
});

describe('saves without an answer', () => {
  it('the same body goes again under the same key, and a later edit goes into a new save', async () => {
    const clock = createTestClock();
    const { load, sync, queueSync } = start({ clock });
    await load('/api/settings');
    server.interceptions.push((request, response, save) => {
      // Stored, and the answer is lost.
      response.json = () => (request.socket.destroy(), response);
      save();
    });
    const first = sync('/api/settings', 'PUT', { name: 'n1' });
    await vi.waitFor(() =>
      expect(entries()[0]).toMatchObject({ status: 'waiting', problem: { code: 'NETWORK_FAILED' } }),
    );
    const later = queueSync('/api/settings', 'PUT', { name: 'n2' });
    clock.advance(3000);
    await first;
    clock.advance(3000);
    await later;
    expect(server.saves[1]).toMatchObject({
      text: server.saves[0]?.text,
      headers: { 'idempotency-key': server.saves[0]?.headers['idempotency-key'] },
    });
    expect(server.saves[2]?.body).toEqual({ name: 'n2', $base: { name: 'n1' } });
    expect(stored()).toMatchObject({ name: 'n2', version: 3 });
  });

  it('a save that times out is sent again', async () => {
    const clock = createTestClock();
    const { sync } = start({ clock, timeoutMs: 1000 });
    server.interceptions.push(() => undefined);
    const saved = sync('/api/settings', 'PATCH', { name: 'n1' });
    await vi.waitFor(() => expect(server.saves).toHaveLength(1));
    clock.advance(1000);
    await vi.waitFor(() => expect(entries()[0]?.problem?.code).toBe('TIMED_OUT'));
    clock.advance(3000);
    expect((await saved).outcome).toBe('saved');
  });

  it('a busy server is asked again when it says so', async () => {
    const clock = createTestClock();
    const { sync } = start({ clock });
    server.interceptions.push(
      (_, response) =>
        void response.status(429).set('Retry-After', '7').json({ code: 'RATE_LIMITED', title: 'Too many requests' }),
    );
    const saved = sync('/api/settings', 'PATCH', { name: 'n1' });
    await vi.waitFor(() => expect(clock.delays).toEqual([7125]));
    clock.advance(7125);
    expect((await saved).record).toMatchObject({ name: 'n1' });
  });

  it('offline is a pause and not a failure', async () => {
    let isOnline = false;
    const listeners = new Set<() => void>();
    const connectivity = {
      isOnline: () => isOnline,
      subscribe: (listener: () => void) => (listeners.add(listener), () => listeners.delete(listener)),
    };
    const { sync, getState } = start({ connectivity });
    const saved = sync('/api/settings', 'PATCH', { name: 'n1' });
    await vi.waitFor(() => expect(getState()).toMatchObject({ online: false, queueLength: 1, syncError: null }));
    expect(server.saves).toHaveLength(0);
    isOnline = true;
    for (const listener of [...listeners]) listener();
    expect((await saved).outcome).toBe('saved');
    expect(getState()).toMatchObject({ online: true, queueLength: 0 });
  });

  it('a create on a route of somebody else is not repeated when nobody knows whether it arrived', async () => {
    const { sync } = start();
    server.interceptions.push((request) => void request.socket.destroy());
    const error = await refusal(sync('/shop/orders', 'POST', { amount: 1 }));
    expect(error.problem.code).toBe('NETWORK_FAILED');
    expect(entries()).toMatchObject([{ status: 'failed' }]);
    expect(server.saves).toHaveLength(1);
  });
});

describe('refusals and records', () => {
  it('an ended session keeps the save, and retry goes on with it', async () => {
    const problems: string[] = [];
    const { sync, retry, getState } = start({ onProblem: (problem) => problems.push(problem.code) });
    server.interceptions.push(
      (_, response) => void response.status(401).json({ code: 'LOGIN_REQUIRED', title: 'Sign in first' }),
    );
    const error = await refusal(sync('/api/settings', 'PATCH', { name: 'n1' }));
    expect([error.problem.status, ...problems]).toEqual([401, 'LOGIN_REQUIRED']);
    expect(entries()).toMatchObject([{ status: 'failed', data: { name: 'n1' } }]);
    retry();
    await vi.waitFor(() => expect(entries()).toEqual([]));
    expect(stored()).toMatchObject({ name: 'n1' });
    expect(getState().syncError).toBeNull();
  });

  it('two records do not wait for each other', async () => {
    const { sync } = start();
    let release = () => {};
    server.interceptions.push((_request, _response, save) => void (release = save));
    const slow = sync('/api/team/a', 'PATCH', { name: 'A' });
    await vi.waitFor(() => expect(server.saves).toHaveLength(1));
    await sync('/api/team/b', 'PATCH', { name: 'B' });
    expect(stored('/api/team/a')).toMatchObject({ name: 'Ada' });
    release();
    await slow;
    expect(stored('/api/team/a')).toMatchObject({ name: 'A' });
  });

  it('closing the service ends every promise', async () => {
    start();
    server.interceptions.push(() => undefined);
    const pending = refusal(service.sync('/api/settings', 'PATCH', { name: 'n1' }));
    await vi.waitFor(() => expect(server.saves).toHaveLength(1));
    service.close();
    expect((await pending).problem.code).toBe('CLOSED');
  });
});
