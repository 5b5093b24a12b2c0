import { act, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRealtimeSyncService, type RealtimeSyncService } from 'backoffice-sync/client';
import { useRealtimeSync } from 'backoffice-sync/react';
import { apiToken, startSync, type Started } from '../helpers/startSync.ts';

let at: Started;
let service: RealtimeSyncService;
let requests: { method: string; body: string }[];

beforeEach(async () => {
  at = await startSync();
  requests = [];
  const counted: typeof fetch = (input, init) => {
    if (init?.method !== 'GET')
      requests.push({ method: init?.method ?? 'GET', body: typeof init?.body === 'string' ? init.body : '' });
    return fetch(input, init);
  };
  service = createRealtimeSyncService({ backendUrl: at.url, token: apiToken, fetch: counted, coalesceMs: 20 });
});
afterEach(async () => {
  service.close();
  await at.stop();
});

it('50 rapid edits through the hook end as the last value, in order, with fewer than 50 requests', async () => {
  const { result } = renderHook(() => useRealtimeSync({ service }));
  await service.load('/api/settings');
  await act(async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        result.current.queueSync('/api/settings', 'PUT', { companyName: `edit ${index + 1}` }),
      ),
    );
  });
  const record = await (await at.send('GET', '/api/settings')).json();
  expect(record.companyName).toBe('edit 50');
  expect(requests.length).toBeLessThan(50);
  const history = await (await at.send('GET', '/api/settings/history?limit=100')).json();
  const order = history.map((entry: { patch: { path: string; value: string }[] }) =>
    Number(entry.patch.find((one) => one.path === '/companyName')?.value.replace('edit ', '') ?? 0),
  );
  expect(order).toEqual([...order].sort((a, b) => b - a));
  await waitFor(() =>
    expect(result.current).toMatchObject({ syncing: false, syncError: null, lastSyncTime: expect.any(Date) }),
  );
});

it('50 edits that are each sent on their own end in order too, and never conflict with each other', async () => {
  const { result } = renderHook(() => useRealtimeSync({ service }));
  await service.load('/api/settings');
  await act(async () => {
    const saves = Array.from({ length: 50 }, (_, index) =>
      result.current.syncSettings({ companyName: `edit ${index + 1}` }),
    );
    expect((await Promise.all(saves)).every((save) => save.outcome === 'saved' || save.outcome === 'unchanged')).toBe(
      true,
    );
  });
  expect((await (await at.send('GET', '/api/settings')).json()).companyName).toBe('edit 50');
});

it('a partial save through the hook leaves every other field as it was', async () => {
  const { result } = renderHook(() => useRealtimeSync({ service }));
  await act(() => result.current.syncSettings({ companyName: 'New', email: 'new@example.com' }));
  expect(await (await at.send('GET', '/api/settings')).json()).toMatchObject({
    companyName: 'New',
    email: 'new@example.com',
    phone: '1',
    address: { city: 'Lyon' },
  });
});

it('preserveFields keeps the stored value, and notifyFrontend: false tells neither site nor webhooks', async () => {
  const { cursor } = await (await fetch(`${at.url}/api/sync/poll`)).json();
  const saved = await service.sync(
    '/api/settings',
    'PUT',
    { companyName: 'Quiet', phone: '9' },
    { preserveFields: ['phone'], notifyFrontend: false },
  );
  expect(saved.record).toMatchObject({ companyName: 'Quiet', phone: '1' });
  expect(await (await fetch(`${at.url}/api/sync/poll?since=${cursor}&resources=settings`)).json()).toMatchObject({
    count: 0,
  });
  expect(await (await at.send('GET', `/api/sync/poll?since=${cursor}&resources=settings`)).json()).toMatchObject({
    count: 1,
  });
});

it('a queued save does not take back what a colleague changed between two of mine', async () => {
  const form = (await service.load('/api/team/m1')).record ?? {};
  const first = service.syncTeam({ ...form, name: 'n1' }, { base: form });
  const colleague = at.send('PATCH', '/api/team/m1', { phone: 'colleague' });
  const second = service.syncTeam({ ...form, name: 'n2' }, { base: form });
  await Promise.all([first, colleague, second]);
  expect(await (await at.send('GET', '/api/team/m1')).json()).toMatchObject({ name: 'n2', phone: 'colleague' });
});
