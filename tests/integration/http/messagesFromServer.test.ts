import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Sync } from 'backoffice-sync';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

interface Told {
  readonly type: string;
  readonly message?: { readonly type: string; readonly payload: unknown; readonly from: unknown };
  readonly change?: Record<string, unknown>;
}

describe('what server code tells', () => {
  let api: Started;
  let sync: Sync;
  beforeAll(async () => {
    api = await startSync({ authenticate: authenticateAs });
    ({ sync } = api);
  });
  afterAll(() => api.stop());

  const cursor = async (): Promise<string> => {
    const answer = await fetch(`${api.url}/api/sync/status`);
    return ((await answer.json()) as { cursor: string }).cursor;
  };
  const toldFrom = async (since: string, user: string, resources = ''): Promise<readonly Told[]> => {
    const path = `${api.url}/api/sync/poll?since=${since}&resources=${resources}`;
    const answer = await fetch(path, { headers: { authorization: `As ${user}` } });
    return ((await answer.json()) as { messages: readonly Told[] }).messages;
  };
  const messagesFrom = async (since: string, user: string) =>
    (await toldFrom(since, user)).map(({ message }) => [message?.type, message?.payload]);

  it('a dashboard update arrives as data.updated with its section and data, at its user alone', async () => {
    const since = await cursor();
    await sync.publishDashboardUpdate('sales', { total: 3, at: new Date(0) }, 'ada');
    await sync.publishDashboardUpdate('team', [1], ['ada', 'bob']);
    expect(await messagesFrom(since, 'ada')).toEqual([
      ['data.updated', { section: 'sales', data: { total: 3, at: '1970-01-01T00:00:00.000Z' } }],
      ['data.updated', { section: 'team', data: [1] }],
    ]);
    expect((await messagesFrom(since, 'bob')).length).toBe(1);
    const [told] = await toldFrom(since, 'ada');
    expect(told?.message?.from).toBe(null);
  });

  it('an event goes to users, to who has a scope, or to everybody but one; of a reserved type to nobody', async () => {
    const since = await cursor();
    await sync.emitEvent('anything.goes', { n: 1 });
    await sync.emitEvent('anything.goes', { n: 2 }, { userIds: ['bob'] });
    await sync.emitEvent('anything.goes', { n: 3 }, { excludeUserId: 'bob' });
    await sync.emitEvent('anything.goes', { n: 4 }, { scope: { organization_id: 'o1' } });
    const numbers = async (user: string) =>
      (await messagesFrom(since, user)).map(([, payload]) => (payload as { n: number }).n);
    expect([await numbers('ada'), await numbers('bob')]).toEqual([[1, 3], [1, 2]]); // prettier-ignore
    for (const type of ['sync.force', 'sync.removed', '', 'a b', 'x'.repeat(101)])
      await expect(sync.emitEvent(type, null)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
    await expect(sync.emitEvent('test', null, { userIds: ['a'], room: 'r' })).rejects.toMatchObject({ code: 'BAD_PARAMETER' }); // prettier-ignore
    await expect(sync.emitEvent('test', null, { room: 'a b' })).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
    await expect(sync.emitEvent('test', 'x'.repeat(20_000))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    await expect(sync.emitEvent('test', 'a\u0000')).rejects.toMatchObject({ code: 'FORBIDDEN_TEXT' });
  });

  it('records of foreign data are told as changes, by the names created, updated and deleted', async () => {
    const since = await cursor();
    const solution = { title: 'Bar', category: 'food', views: 0 };
    await sync.emitCreated('solutions', 'x7', solution);
    await sync.emitUpdated(
      'solutions',
      'x7',
      { ...solution, title: 'Café' },
      { excludeUserId: 'ada', mutationId: 'm-1' },
    );
    // The same once more is told to nobody.
    await sync.emitUpdated('solutions', 'x7', { ...solution, title: 'Café' });
    await sync.emitDeleted('solutions', 'x7', solution);
    const changes = (await toldFrom(since, 'ada', 'solutions')).map(({ change }) => change);
    expect(changes).toMatchObject([
      { operation: 'created', id: 'x7', record: { title: 'Bar' }, actor: { id: 'server' } },
      { operation: 'updated', record: { title: 'Café' }, actor: { id: 'ada' }, mutationId: 'm-1' },
      { operation: 'deleted', record: null, before: { title: 'Café' } },
    ]);
    expect(changes.length).toBe(3);
    await expect(sync.emitCreated('orders', 'o1', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a mutation that is published tells messages, notifications and changes after it succeeded, and only then', async () => {
    const since = await cursor();
    const place = sync.publishing(
      async (id: string) => {
        if (id === 'bad') throw new Error('no stock');
        return { id, title: `Order ${id}` };
      },
      (order) => [
        { type: 'order.created', payload: order, userIds: ['ada'] },
        { notification: { title: order.title, type: 'success' }, userId: 'ada' },
        { resource: 'solutions', id: order.id, record: { title: order.title, category: 'c', views: 0 } },
        { type: 'sync.reserved', payload: null },
      ],
    );
    await expect(place('bad')).rejects.toThrow('no stock');
    expect(await toldFrom(since, 'ada', 'solutions')).toEqual([]);
    const errorsBefore = sync.stats().errors;
    expect(await place('o1')).toEqual({ id: 'o1', title: 'Order o1' });
    const told = (await toldFrom(since, 'ada', 'solutions')).map(
      ({ message, change }) => message?.type ?? change?.['id'],
    );
    expect(told).toEqual(['order.created', 'notification', 'o1']);
    expect(sync.stats().errors).toBe(errorsBefore + 1);
    expect(api.lines.some(({ message }) => message === 'a change was made and could not be told')).toBe(true);
  });

  it('the statistics count messages, updates, notifications, connections by transport, and users', async () => {
    const before = sync.stats();
    await sync.publishDashboardUpdate('sales', 1, 'ada');
    await sync.publishNotification({ title: 'Hello' }, 'ada');
    await sync.emitCreated('solutions', 'x8', { title: 'Bar', category: 'food', views: 0 });
    const stream = new AbortController();
    const url = `${api.url}/api/sync/stream`;
    const opened = await fetch(url, { headers: { authorization: 'As ada' }, signal: stream.signal });
    expect(opened.status).toBe(200);
    await vi.waitFor(() => expect(sync.stats().lag).toBe(0));
    const { connections, users, messages, dataUpdates, notifications } = sync.stats();
    expect([connections['sse'], connections['websocket'], users]).toEqual([1, 0, 1]);
    expect([dataUpdates - before.dataUpdates, notifications - before.notifications]).toEqual([2, 1]);
    expect(messages.published - before.messages.published).toBe(2);
    expect(messages.kept).toBeGreaterThanOrEqual(before.messages.kept + 2);
    stream.abort();
  });
});

describe('server code of an installation with several tenants', () => {
  it('does not tell everybody by leaving the audience out', async () => {
    const api = await startSync({ authenticate: authenticateAs, scope: () => ({ organization_id: 'o1' }) });
    await expect(api.sync.emitEvent('test', 1)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
    expect(await api.sync.emitEvent('test', 1, { scope: {} })).toMatchObject({ to: { kind: 'scope', scope: {} } });
    await api.stop();
  });
});

describe('server code before the store is open', () => {
  it('waits for it', async () => {
    const api = await startSync({ authenticate: authenticateAs });
    await api.restart();
    expect((await api.sync.publishNotification({ title: 'Hello' }, 'ada')).title).toBe('Hello');
    await api.stop();
  });
});
