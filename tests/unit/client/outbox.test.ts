import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRealtimeSyncService, type OutboxStore } from 'backoffice-sync/client';
import { openOutboxPages, type OutboxPages } from './openOutboxPages.ts';

let at: OutboxPages;
beforeEach(async () => {
  at = await openOutboxPages();
});
afterEach(() => at.close());
const ignored = (promise: Promise<unknown>) => void promise.catch(() => undefined);

describe('saves that are kept in IndexedDB', () => {
  it('a save made offline is sent by the page that is opened after the first one died', async () => {
    const first = at.open();
    await first.outbox.signIn('u1');
    await first.service.load('/api/settings');
    first.setOnline(false);
    ignored(first.service.sync('/api/settings', 'PUT', { name: 'n1' }));
    ignored(first.service.queueSync('/api/team', 'POST', { id: 'new', name: 'New' }));
    ignored(first.service.queueSync('/api/team/new', 'PUT', { role: 'boss' }));
    expect(await first.outbox.kept()).toBe(true);
    first.die();
    const second = at.open();
    await second.outbox.signIn('u1');
    await vi.waitFor(() => expect(at.stored('/api/team/new')).toMatchObject({ name: 'New', role: 'boss' }));
    await vi.waitFor(() => expect(second.entries()).toEqual([]));
    expect(at.stored()).toMatchObject({ name: 'n1', phone: 'p0' });
    expect(await second.outbox.pendingOf('u1')).toEqual([]);
  });

  it('what was sent before the page died goes again as the same bytes under the same key, and is stored once', async () => {
    const first = at.open();
    await first.outbox.signIn('u1');
    await first.service.load('/api/settings');
    at.server.interceptions.push((request, response, save) => {
      // Stored, and the answer is lost.
      response.json = () => (request.socket.destroy(), response);
      save();
    });
    ignored(first.service.sync('/api/settings', 'PUT', { name: 'n1' }));
    await vi.waitFor(() => expect(at.server.saves.length).toBeGreaterThan(0));
    first.die();
    const second = at.open();
    await second.outbox.signIn('u1');
    await vi.waitFor(() => expect(at.server.saves.length).toBeGreaterThan(1));
    await vi.waitFor(() => expect(second.entries()).toEqual([]), { timeout: 8000 });
    expect(new Set(at.server.saves.map(({ text }) => text)).size).toBe(1);
    expect(new Set(at.server.saves.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(at.stored()).toMatchObject({ name: 'n1', version: 2 });
  }, 15_000);

  it('two tabs that edit one record are no conflict: what stood unchanged in the other form is no edit', async () => {
    const [one, two] = [at.open(), at.open()];
    for (const page of [one, two]) {
      await page.outbox.signIn('u1');
      await page.service.load('/api/settings');
      page.setOnline(false);
    }
    const first = one.service.sync('/api/settings', 'PUT', { name: 'n1', phone: 'p0', city: 'c1' });
    await one.outbox.kept();
    const second = two.service.sync('/api/settings', 'PUT', { name: 'n0', phone: 'p2', city: 'c2' });
    await two.outbox.kept();
    two.setOnline(true);
    one.setOnline(true);
    await Promise.all([first, second]);
    expect(at.stored()).toMatchObject({ name: 'n1', phone: 'p2', city: 'c2' });
  }, 15_000);
});

describe('whose saves they are', () => {
  it('another user of the browser neither sees nor sends them, and they go on when their user is back', async () => {
    const page = at.open({ online: false });
    await page.outbox.signIn('u1');
    ignored(page.service.sync('/api/settings', 'PATCH', { name: 'of u1' }));
    await page.outbox.kept();
    await page.outbox.signOut();
    expect(page.entries()).toEqual([]);
    page.setOnline(true);
    await page.outbox.signIn('u2');
    await page.service.sync('/api/settings', 'PATCH', { phone: 'of u2' });
    expect(at.stored()).toMatchObject({ name: 'n0', phone: 'of u2' });
    expect(await page.outbox.pendingOf('u1')).toMatchObject([{ url: '/api/settings', data: { name: 'of u1' } }]);
    expect(await page.outbox.pendingOf('u2')).toEqual([]);
    await page.outbox.signIn('u1');
    await vi.waitFor(() => expect(at.stored()).toMatchObject({ name: 'of u1', phone: 'of u2' }));
  });

  it('an ended session keeps everything waiting, tells so once, and signing in again sends it', async () => {
    const told: string[] = [];
    const page = at.open({ onProblem: (problem) => void told.push(problem.code) });
    await page.outbox.signIn('u1');
    at.server.interceptions.push((_request, response) => {
      response.status(401).json({ code: 'LOGIN_REQUIRED', title: 'Sign in first' });
    });
    const first = page.service.sync('/api/settings', 'PATCH', { name: 'n1' });
    await vi.waitFor(() => expect(told).toEqual(['LOGIN_REQUIRED']));
    const second = page.service.sync('/api/team/a', 'PATCH', { role: 'r1' });
    await page.outbox.kept();
    expect(page.entries().map(({ status }) => status)).toEqual(['waiting', 'waiting']);
    expect(at.server.saves).toHaveLength(1);
    await page.outbox.signIn('u1');
    await Promise.all([first, second]);
    expect(at.stored()).toMatchObject({ name: 'n1' });
    expect(told).toEqual(['LOGIN_REQUIRED']);
  });

  it.each([
    ['before it was sent', false],
    ['after it was stored', true],
  ])('what was typed before signing out is no conflict for what the person types later, %s', async (_, isSentFirst) => {
    const page = at.open();
    await page.outbox.signIn('u1');
    await page.service.load('/api/settings');
    page.setOnline(false);
    ignored(page.service.sync('/api/settings', 'PUT', { name: 'n1', phone: 'p1' }));
    await page.outbox.kept();
    await page.outbox.signOut();
    page.setOnline(isSentFirst);
    await page.outbox.signIn('u1');
    if (isSentFirst) await vi.waitFor(() => expect(page.entries()).toEqual([]));
    // A form that was not loaded again.
    const later = page.service.sync('/api/settings', 'PUT', { name: 'n2', phone: 'p0' });
    await page.outbox.kept();
    page.setOnline(true);
    await later;
    expect(at.stored()).toMatchObject({ name: 'n2', phone: 'p1', version: 3 });
    expect(page.entries()).toEqual([]);
  });

  it('clearing gives up everything of one user and nothing of another', async () => {
    const page = at.open({ online: false });
    for (const user of ['u1', 'u2']) {
      await page.outbox.signIn(user);
      ignored(page.service.sync('/api/settings', 'PATCH', { name: user }));
      await page.outbox.kept();
    }
    await page.outbox.clear('u1');
    expect(await page.outbox.pendingOf('u1')).toEqual([]);
    expect(await page.outbox.pendingOf('u2')).toHaveLength(1);
    await page.outbox.clear('u2');
    expect(page.entries()).toEqual([]);
  });
});

describe('a browser that keeps nothing', () => {
  it('saves all the same, and the state says that nothing survives the page', async () => {
    const broken: OutboxStore = {
      isDurable: true,
      change: () => Promise.reject(new DOMException('No space', 'QuotaExceededError')),
      close: () => undefined,
    };
    const page = at.open({ store: broken });
    await page.outbox.signIn('u1');
    expect(await page.outbox.kept()).toBe(false);
    expect(page.service.getState().isDurable).toBe(false);
    await page.service.sync('/api/settings', 'PATCH', { name: 'n1' });
    expect(at.stored()).toMatchObject({ name: 'n1' });
  });

  it('the state says so of a page without an outbox, and the contrary of one with', async () => {
    const plain = createRealtimeSyncService({ backendUrl: at.server.url, outbox: 'memory' });
    expect(plain.getState().isDurable).toBe(false);
    plain.close();
    const page = at.open();
    await page.outbox.signIn('u1');
    expect(page.service.getState().isDurable).toBe(true);
  });
});

it('a save that is too large is refused with its reason, and what was typed stays', async () => {
  const page = at.open();
  await page.outbox.signIn('u1');
  at.server.interceptions.push((_request, response) => {
    response.status(413).json({ code: 'BODY_TOO_LARGE', title: 'The body is too large' });
  });
  ignored(page.service.sync('/api/settings', 'PATCH', { name: 'long' }));
  await vi.waitFor(() => expect(page.entries()).toMatchObject([{ status: 'failed', problem: { status: 413 } }]));
  expect(await page.outbox.pendingOf('u1')).toMatchObject([{ status: 'failed', data: { name: 'long' } }]);
});
