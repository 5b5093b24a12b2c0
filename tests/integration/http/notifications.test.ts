import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Notification, NotificationPage } from 'backoffice-sync';
import { createNotifications, notificationLimits } from '../../../backend/messages/createNotifications.ts';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

describe('notifications', () => {
  let api: Started;
  beforeAll(async () => {
    api = await startSync({ authenticate: authenticateAs });
  });
  afterAll(() => api.stop());

  const request = (user: string, path = '', method = 'GET') =>
    fetch(`${api.url}/api/notifications${path}`, { method, headers: { authorization: `As ${user}` } });
  const page = async (user: string, query = '') => (await (await request(user, query)).json()) as NotificationPage;
  const titles = async (user: string, query = '') => (await page(user, query)).notifications.map(({ title }) => title);

  const poll = (user: string, since: string) =>
    fetch(`${api.url}/api/sync/poll?since=${since}`, { headers: { authorization: `As ${user}` } });

  it('a notification is stored unread and announced with a message', async () => {
    const stored = await api.sync.publishNotification(
      { title: 'Saved', message: 'All is well', type: 'success' },
      'ann',
    );
    expect(stored).toMatchObject({ title: 'Saved', message: 'All is well', type: 'success', readAt: null });
    expect(await page('ann')).toEqual({ unread: 1, notifications: [stored] });
    const { messages } = (await (await poll('ann', '1')).json()) as { messages: readonly Record<string, unknown>[] };
    const { readAt: _, ...announced } = stored;
    expect(messages.map(({ type, payload }) => [type, payload])).toEqual([['notification', announced]]);
  });

  it('the other tabs of a user are told of what he read, once, and nobody else is', async () => {
    const { id } = await api.sync.publishNotification({ title: 'Read me' }, 'dot');
    const [from] = [(await (await poll('dot', '1')).json()) as { cursor: string }];
    const told = async (user: string) =>
      (
        (await (await poll(user, from.cursor)).json()) as { messages: { type: string; payload: unknown }[] }
      ).messages.map(({ type, payload }) => [type, payload]);
    await request('dot', `/${id}/read`, 'POST');
    // Already read: there is nothing to tell any more.
    await request('dot', `/${id}/read`, 'POST');
    await request('dot', '/read-all', 'POST');
    expect(await told('dot')).toEqual([['notification.read', { id }]]);
    expect(await told('ann')).toEqual([]);
  });

  it('the newest come first, as many as asked for, and all are counted', async () => {
    for (const title of ['one', 'two', 'three']) await api.sync.publishNotification({ title }, 'bea');
    expect(await titles('bea')).toEqual(['three', 'two', 'one']);
    expect(await titles('bea', '?limit=2')).toEqual(['three', 'two']);
    expect((await page('bea', '?limit=1')).unread).toBe(3);
    expect((await page('bea')).notifications[0]).toMatchObject({ message: '', type: 'info' });
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?unread=maybe'])
      expect((await request('bea', query)).status).toBe(400);
  });

  it('reading one marks it once, and reading all marks the rest', async () => {
    const stored: Notification[] = [];
    for (const title of ['one', 'two', 'three']) stored.push(await api.sync.publishNotification({ title }, 'cid'));
    const read = async (id: string) => (await (await request('cid', `/${id}/read`, 'POST')).json()) as Notification;
    const first = await read(stored[1]?.id ?? '');
    expect(Number.isNaN(Date.parse(String(first.readAt)))).toBe(false);
    expect(await read(stored[1]?.id ?? '')).toEqual(first);
    expect(await titles('cid', '?unread=1')).toEqual(['three', 'one']);
    expect(await (await request('cid', '/read-all', 'POST')).json()).toEqual({ read: 2 });
    expect(await page('cid', '?unread=1')).toEqual({ unread: 0, notifications: [] });
    expect((await page('cid')).notifications[1]?.readAt).toBe(first.readAt);
    expect(await (await request('cid', '/read-all', 'POST')).json()).toEqual({ read: 0 });
  });

  it('nobody sees or marks a notification of somebody else, and visitors see none', async () => {
    const { id } = await api.sync.publishNotification({ title: 'Private' }, 'dan');
    expect(await page('eve')).toEqual({ unread: 0, notifications: [] });
    expect((await request('eve:admin', `/${id}/read`, 'POST')).status).toBe(404);
    expect((await page('dan')).unread).toBe(1);
    await request('eve', '/read-all', 'POST');
    expect((await page('dan')).unread).toBe(1);
    for (const [path, method] of [
      ['', 'GET'],
      [`/${id}/read`, 'POST'],
      ['/read-all', 'POST'],
    ] as const)
      // prettier-ignore
      expect((await request('', path, method)).status).toBe(401);
    expect((await request('dan', '', 'POST')).headers.get('allow')).toBe('GET');
    expect((await request('dan', '/read-all')).status).toBe(405);
  });

  it('they are there after a restart', async () => {
    await api.sync.publishNotification({ title: 'Kept' }, 'fay');
    await api.restart();
    expect(await titles('fay')).toEqual(['Kept']);
  });

  it('what they say is told to nobody else, as a change, in a snapshot or in a history', async () => {
    const store = memoryStore();
    const notifications = createNotifications({ state: store.state });
    const { id } = await notifications.add({ title: 'Kept beside the log' }, 'ann');
    await notifications.markRead('ann', id);
    expect([store.log.head(), (await store.list('notifications')).length]).toEqual([0, 0]);
    await api.sync.publishNotification({ title: 'For Hal alone' }, 'hal');
    for (const user of ['', 'ian:admin', 'hal']) {
      const get = async (path: string) =>
        (await fetch(`${api.url}/api/${path}`, { headers: { authorization: `As ${user}` } })).text();
      const readable = ['', 'settings,team,services,solutions,news'][user === '' ? 1 : 0];
      const told = await get(`sync/poll?since=1&resources=${readable}`);
      expect([user, told.includes('For Hal alone')]).toEqual([user, user === 'hal']);
      expect((await get('sync/snapshot')).includes('For Hal alone')).toBe(false);
      expect(await get('notifications/history')).toMatch(/LOGIN_REQUIRED|NOT_FOUND/);
      expect(await get('sync/poll?resources=notifications')).toContain('BAD_PARAMETER');
    }
  });

  it('a title of nothing, one that is too long, and another colour are refused', async () => {
    for (const draft of [
      { title: '' },
      { title: 'x'.repeat(201) },
      { title: 'a', message: 'x'.repeat(2_001) },
      { title: 'a', type: 'loud' },
      { title: 'a', link: '/' },
      {},
    ])
      // prettier-ignore
      await expect(api.sync.publishNotification(draft as never, 'gus')).rejects.toMatchObject({ code: 'INVALID' });
    expect(await titles('gus')).toEqual([]);
  });
});

describe('the notifications of one user', () => {
  it('are at most 200, of which the oldest go, and live for 90 days', async () => {
    let now = Date.parse('2024-01-01');
    const store = memoryStore({ now: () => now });
    const notifications = createNotifications({ state: store.state, now: () => now });
    await notifications.add({ title: 'of another' }, 'bea');
    for (let n = 0; n <= notificationLimits.perUser + 2; n += 1) await notifications.add({ title: `n${n}` }, 'ann');
    const all = await notifications.list('ann', { unread: false, limit: 1_000 });
    expect([all.unread, all.notifications.length, all.notifications[0]?.title, all.notifications.at(-1)?.title]).toEqual([200, 200, 'n202', 'n3']); // prettier-ignore
    now += 89 * 24 * 60 * 60 * 1000;
    // Reading does not make it live longer.
    await notifications.markRead('bea', (await notifications.list('bea', { unread: true, limit: 1 })).notifications[0]?.id ?? ''); // prettier-ignore
    now += 2 * 24 * 60 * 60 * 1000;
    expect(await notifications.list('ann', { unread: false, limit: 9 })).toEqual({ unread: 0, notifications: [] });
    expect((await notifications.list('bea', { unread: false, limit: 9 })).notifications).toEqual([]);
  });

  it('have a notice of long before as the newest, once, and write nothing more for it however often it is told', async () => {
    const store = memoryStore();
    let writes = 0;
    const put: typeof store.state.put = async (...given) => {
      writes += 1;
      return store.state.put(...given);
    };
    const notifications = createNotifications({ state: { ...store.state, put } });
    const addMany = async (title: string) => {
      for (let n = 0; n < notificationLimits.perUser; n += 1) await notifications.add({ title }, 'ann');
    };
    const shown = async () => (await notifications.list('ann', { unread: true, limit: 1_000 })).notifications;
    await addMany('newer than what the notice is about');
    const createdAt = new Date(Date.now() - 86_400_000).toISOString();
    const id = uuidV7({ msecs: Date.parse(createdAt) });
    const notice = { id, title: 'Switched off', message: '', type: 'error', code: 'webhook.off', values: {}, createdAt } as const; // prettier-ignore
    await notifications.addOnce(notice, 'ann');
    expect((await shown())[0]).toEqual({ ...notice, readAt: null });
    expect(await shown()).toHaveLength(notificationLimits.perUser);
    const before = writes;
    await notifications.addOnce(notice, 'ann');
    expect(writes).toBe(before);
    await addMany('newer than the notice');
    await notifications.addOnce(notice, 'ann');
    expect((await shown()).map(({ title }) => title)).not.toContain('Switched off');
  });

  it('that are read in two tabs at the same moment are read once', async () => {
    const store = memoryStore();
    const notifications = createNotifications({ state: store.state });
    const { id } = await notifications.add({ title: 'a' }, 'ann');
    const marks = await Promise.all([notifications.markRead('ann', id), notifications.markRead('ann', id)]);
    await notifications.markAllRead('ann');
    const { notifications: after } = await notifications.list('ann', { unread: false, limit: 9 });
    expect(marks.map(({ notification }) => notification)).toEqual([after[0], after[0]]);
    // Told of once: only one of the two has read it.
    expect(marks.map(({ wasUnread }) => wasUnread).sort()).toEqual([false, true]);
  });
});
