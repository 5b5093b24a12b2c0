import { afterEach, beforeEach, expect, it } from 'vitest';
import { SyncError } from '../../../shared/problem.ts';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { openSocket } from '../../helpers/openSocket.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

let at: Started;
let store: ReturnType<typeof memoryStore>;
beforeEach(async () => {
  store = memoryStore();
  at = await startSync({
    store,
    secretKey: Buffer.alloc(32, 7).toString('base64'),
    resources: testResources.slice(1, 4),
    authenticate: authenticateAs,
  });
});
afterEach(() => at.stop());

const headers = { authorization: 'As ann' };
const post = (path: string) => fetch(`${at.url}/api/notifications/${path}`, { method: 'POST', headers });
const follow = async () => {
  const tab = await openSocket(`${at.url}/api/sync/ws?resources=&messages=1`, headers);
  await tab.next('subscribed');
  return tab;
};

it('what was read is told to the other tabs although the store failed right after it was marked', async () => {
  const { id } = await at.sync.publishNotification({ title: 'Read me' }, 'ann');
  const tab = await follow();
  const { commit } = store;
  let isAway = true;
  store.commit = (batch) => {
    if (!isAway || !batch.some(({ entry }) => entry.kind === 'message')) return commit(batch);
    isAway = false;
    return Promise.reject(new SyncError('STORE_UNAVAILABLE', 'The store is away for a moment.'));
  };
  const answer = await post(`${id}/read`);
  expect([answer.status, ((await answer.json()) as { readAt: unknown }).readAt]).toEqual([200, expect.any(String)]);
  expect(isAway).toBe(false);
  expect(await tab.next('message')).toMatchObject({ message: { type: 'notification.read', payload: { id } } });
  tab.cut();
});

it('those that were marked are told although others could not be, and the request says that it failed', async () => {
  const ids: string[] = [];
  for (const title of ['one', 'two', 'three']) ids.push((await at.sync.publishNotification({ title }, 'ann')).id);
  const tab = await follow();
  const { put } = store.state;
  store.state.put = (bucket, key, ...more) =>
    key === ids[1]
      ? Promise.reject(new SyncError('STORE_UNAVAILABLE', 'The store is away for a moment.'))
      : put(bucket, key, ...more);
  expect((await post('read-all')).status).toBe(503);
  const told = await tab.take(2, 'message');
  expect(told.map(({ message }) => (message as { payload: unknown }).payload)).toEqual([
    { id: ids[0] },
    { id: ids[2] },
  ]);
  store.state.put = put;
  expect(await (await post('read-all')).json()).toEqual({ read: 1 });
  expect(await tab.next('message')).toMatchObject({ message: { payload: { id: null } } });
  tab.cut();
});
