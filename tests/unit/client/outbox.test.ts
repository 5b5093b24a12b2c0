import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createOutbox,
  createRealtimeSyncService,
  type Outbox,
  type OutboxStore,
  type RealtimeSyncService,
  type RealtimeSyncServiceOptions,
  type Tabs,
} from 'backoffice-sync/client';
import { startStandIn, type StandIn } from './standIn.ts';

/** A page with its outbox; `die` ends it as a crash does. */
interface Page {
  readonly outbox: Outbox;
  readonly service: RealtimeSyncService;
  setOnline(online: boolean): void;
  die(): void;
}

const living = new Set<string>();
let server: StandIn;
let name = '';
let count = 0;
const pages: Page[] = [];

beforeEach(async () => {
  name = `outbox-${(count += 1)}`;
  server = await startStandIn({
    '/api/settings': { id: 'main', name: 'n0', phone: 'p0', city: 'c0' },
    '/api/team/a': { id: 'a', name: 'Ada', role: 'r0' },
  });
});
afterEach(async () => {
  for (const page of pages.splice(0)) page.service.close();
  living.clear();
  await server.close();
});

/** Opens a page on the database of the test. The other pages are told through the process, as Node has no Web Locks. */
const open = (options: RealtimeSyncServiceOptions & { store?: OutboxStore; online?: boolean } = {}): Page => {
  const { store, online: startsOnline = true, ...rest } = options;
  let isOnline = startsOnline;
  let own = '';
  const network = new Set<() => void>();
  const tabs: Tabs = {
    join: async (tab) => void living.add((own = tab)),
    living: async () => living,
    isVisible: () => true,
    tell: () => undefined,
    listen: () => undefined,
    leave: () => void living.delete(own),
  };
  const outbox = createOutbox({ name, tabs, ...(store ? { store } : {}) });
  let isDead = false;
  const page: Page = {
    outbox,
    setOnline(next) {
      isOnline = next;
      for (const listener of [...network]) listener();
    },
    die() {
      isDead = true;
      living.delete(own);
    },
    service: createRealtimeSyncService({
      backendUrl: server.url,
      coalesceMs: 5,
      outbox,
      connectivity: {
        isOnline: () => isOnline && !isDead,
        subscribe: (listener) => {
          network.add(listener);
          return () => void network.delete(listener);
        },
      },
      ...rest,
    }),
  };
  pages.push(page);
  return page;
};
const entries = (page: Page) => page.service.getState().entries;
const ignored = (promise: Promise<unknown>) => void promise.catch(() => undefined);
const stored = (path = '/api/settings') => server.records.get(path);

describe('saves that are kept in IndexedDB', () => {
  it('a save made offline is sent by the page that is opened after the first one died', async () => {
    const first = open();
    await first.outbox.signIn('u1');
    await first.service.load('/api/settings');
    first.setOnline(false);
    ignored(first.service.sync('/api/settings', 'PUT', { name: 'n1' }));
    ignored(first.service.queueSync('/api/team', 'POST', { id: 'new', name: 'New' }));
    ignored(first.service.queueSync('/api/team/new', 'PUT', { role: 'boss' }));
    expect(await first.outbox.kept()).toBe(true);
    first.die();
    const second = open();
    await second.outbox.signIn('u1');
    await vi.waitFor(() => expect(stored('/api/team/new')).toMatchObject({ name: 'New', role: 'boss' }));
    await vi.waitFor(() => expect(entries(second)).toEqual([]));
    expect(stored()).toMatchObject({ name: 'n1', phone: 'p0' });
    expect(await second.outbox.pendingOf('u1')).toEqual([]);
  });

  it('what was sent before the page died goes again as the same bytes under the same key, and is stored once', async () => {
    const first = open();
    await first.outbox.signIn('u1');
    await first.service.load('/api/settings');
    server.interceptions.push((request, response, save) => {
      // Stored, and the answer is lost.
      response.json = () => (request.socket.destroy(), response);
      save();
    });
    ignored(first.service.sync('/api/settings', 'PUT', { name: 'n1' }));
    await vi.waitFor(() => expect(server.saves.length).toBeGreaterThan(0));
    first.die();
    const second = open();
    await second.outbox.signIn('u1');
    await vi.waitFor(() => expect(server.saves.length).toBeGreaterThan(1));
    await vi.waitFor(() => expect(entries(second)).toEqual([]), { timeout: 8000 });
    expect(new Set(server.saves.map(({ text }) => text)).size).toBe(1);
    expect(new Set(server.saves.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(stored()).toMatchObject({ name: 'n1', version: 2 });
  }, 15_000);

  it('two tabs that edit one record are no conflict: what stood unchanged in the other form is no edit', async () => {
    const [one, two] = [open(), open()];
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
    expect(stored()).toMatchObject({ name: 'n1', phone: 'p2', city: 'c2' });
  }, 15_000);
});

describe('whose saves they are', () => {
  it('another user of the browser neither sees nor sends them, and they go on when their user is back', async () => {
    const page = open({ online: false });
    await page.outbox.signIn('u1');
    ignored(page.service.sync('/api/settings', 'PATCH', { name: 'of u1' }));
    await page.outbox.kept();
    await page.outbox.signOut();
    expect(entries(page)).toEqual([]);
    page.setOnline(true);
    await page.outbox.signIn('u2');
    await page.service.sync('/api/settings', 'PATCH', { phone: 'of u2' });
    expect(stored()).toMatchObject({ name: 'n0', phone: 'of u2' });
    expect(await page.outbox.pendingOf('u1')).toMatchObject([{ url: '/api/settings', data: { name: 'of u1' } }]);
    expect(await page.outbox.pendingOf('u2')).toEqual([]);
    await page.outbox.signIn('u1');
    await vi.waitFor(() => expect(stored()).toMatchObject({ name: 'of u1', phone: 'of u2' }));
  });

  it('an ended session keeps everything waiting, tells so once, and signing in again sends it', async () => {
    const told: string[] = [];
    const page = open({ onProblem: (problem) => void told.push(problem.code) });
    await page.outbox.signIn('u1');
    server.interceptions.push((_request, response) => {
      response.status(401).json({ code: 'LOGIN_REQUIRED', title: 'Sign in first' });
    });
    const first = page.service.sync('/api/settings', 'PATCH', { name: 'n1' });
    await vi.waitFor(() => expect(told).toEqual(['LOGIN_REQUIRED']));
    const second = page.service.sync('/api/team/a', 'PATCH', { role: 'r1' });
    await page.outbox.kept();
    expect(entries(page).map(({ status }) => status)).toEqual(['waiting', 'waiting']);
    expect(server.saves).toHaveLength(1);
    await page.outbox.signIn('u1');
    await Promise.all([first, second]);
    expect(stored()).toMatchObject({ name: 'n1' });
    expect(told).toEqual(['LOGIN_REQUIRED']);
  });

  it('clearing gives up everything of one user and nothing of another', async () => {
    const page = open({ online: false });
    for (const user of ['u1', 'u2']) {
      await page.outbox.signIn(user);
      ignored(page.service.sync('/api/settings', 'PATCH', { name: user }));
      await page.outbox.kept();
    }
    await page.outbox.clear('u1');
    expect(await page.outbox.pendingOf('u1')).toEqual([]);
    expect(await page.outbox.pendingOf('u2')).toHaveLength(1);
    await page.outbox.clear('u2');
    expect(entries(page)).toEqual([]);
  });
});

describe('a browser that keeps nothing', () => {
  it('saves all the same, and the state says that nothing survives the page', async () => {
    const broken: OutboxStore = {
      isDurable: true,
      change: () => Promise.reject(new DOMException('No space', 'QuotaExceededError')),
      close: () => undefined,
    };
    const page = open({ store: broken });
    await page.outbox.signIn('u1');
    expect(await page.outbox.kept()).toBe(false);
    expect(page.service.getState().isDurable).toBe(false);
    await page.service.sync('/api/settings', 'PATCH', { name: 'n1' });
    expect(stored()).toMatchObject({ name: 'n1' });
  });

  it('the state says so of a page without an outbox, and the contrary of one with', async () => {
    const plain = createRealtimeSyncService({ backendUrl: server.url, outbox: 'memory' });
    expect(plain.getState().isDurable).toBe(false);
    plain.close();
    const page = open();
    await page.outbox.signIn('u1');
    expect(page.service.getState().isDurable).toBe(true);
  });
});

it('a save that is too large is refused with its reason, and what was typed stays', async () => {
  const page = open();
  await page.outbox.signIn('u1');
  server.interceptions.push((_request, response) => {
    response.status(413).json({ code: 'BODY_TOO_LARGE', title: 'The body is too large' });
  });
  ignored(page.service.sync('/api/settings', 'PATCH', { name: 'long' }));
  await vi.waitFor(() => expect(entries(page)).toMatchObject([{ status: 'failed', problem: { status: 413 } }]));
  expect(await page.outbox.pendingOf('u1')).toMatchObject([{ status: 'failed', data: { name: 'long' } }]);
});
