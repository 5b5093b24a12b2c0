import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Change } from '../../../shared/change.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { startReceiver } from '../webhooks/receiver.ts';

const services = defineResource({
  name: 'services',
  public: ['title', 'views'],
  schema: z.object({
    title: z.string(),
    views: z.number().int().min(0).max(1_000_000).default(0),
    likes: z.number().int().default(0),
  }),
  counter: ['likes'],
  publicCounters: ['views'],
  seed: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((id) => ({ id, title: id, views: 7 })),
});

let api: Started;
beforeAll(async () => {
  api = await startSync({ resources: [services], webhooks: { allowPrivate: ['127.0.0.1/32'] } });
});
afterAll(() => api.stop());

const json = async (answer: Response | Promise<Response>) => (await (await answer).json()) as Record<string, unknown>;
const list = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, unknown>[];
let keys = 0;
const add = (id: string, by: unknown, headers: Record<string, string> = {}) =>
  api.send('POST', `/api/services/${id}/increment`, by, { 'idempotency-key': `key-${keys++}`, ...headers });
const visit = (id: string, by: unknown) =>
  fetch(`${api.url}/api/services/${id}/increment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `visit-${keys++}` },
    body: JSON.stringify(by),
  });

it('increments that arrive together are all added', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => add('a', { views: 1, likes: 2 })));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
  expect(await json(api.send('GET', '/api/services/a'))).toMatchObject({ views: 47, likes: 80, version: 1 });
  expect((await list(api.send('GET', '/api/services'))).find(({ id }) => id === 'a')).toMatchObject({ views: 47 });
});

it('a repeat under the same key counts once, another body under it is refused', async () => {
  const headers = { 'idempotency-key': 'once' };
  await add('b', { views: 3 }, headers);
  const again = await add('b', { views: 3 }, headers);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await json(again)).toMatchObject({ id: 'b', views: 10, version: 1 });
  expect(await json(add('b', { views: 4 }, headers))).toMatchObject({ code: 'KEY_REUSED', status: 422 });
  const both = { 'idempotency-key': 'both-at-once' };
  await Promise.all([add('b', { views: 5 }, both), add('b', { views: 5 }, both)]);
  expect(await json(api.send('GET', '/api/services/b'))).toMatchObject({ views: 15 });
});

it('a save neither sets a counter nor takes one back, and an increment moves no ETag and no history', async () => {
  const form = await api.send('GET', '/api/services/c');
  const etag = form.headers.get('etag') ?? '';
  await add('c', { views: 5 });
  expect((await api.send('GET', '/api/services/c')).headers.get('etag')).toBe(etag);
  const saved = await api.send('PUT', '/api/services/c', { title: 'C', views: 0, likes: 9 }, { 'if-match': etag });
  expect(await json(saved)).toMatchObject({ title: 'C', views: 12, likes: 0, version: 2 });
  await api.send('POST', '/api/services/c/restore', { version: 1 });
  expect(await json(api.send('GET', '/api/services/c'))).toMatchObject({ title: 'c', views: 12 });
  expect((await list(api.send('GET', '/api/services/c/history'))).map(({ version }) => version)).toEqual([3, 2, 1]); // prettier-ignore
});

it('a record that is brought back has its counts, a new one under its id begins anew', async () => {
  await add('d', { views: 5 });
  await api.send('DELETE', '/api/services/d', undefined, { 'if-match': '*' });
  expect(await json(add('d', { views: 1 }))).toMatchObject({ code: 'NOT_FOUND' });
  await api.send('POST', '/api/services/d/restore', { version: 1 });
  expect(await json(api.send('GET', '/api/services/d'))).toMatchObject({ views: 12 });
  await api.send('DELETE', '/api/services/d', undefined, { 'if-match': '*' });
  await api.send('POST', '/api/services', { id: 'd', title: 'new' });
  expect(await json(api.send('GET', '/api/services/d'))).toMatchObject({ title: 'new', views: 0 });
  await add('d', { views: 1 });
  expect(await json(api.send('GET', '/api/services/d'))).toMatchObject({ views: 1 });
});

it.each([
  [{ views: 1.5 }, 'INVALID'],
  [{ views: 0 }, 'INVALID'],
  [{ views: '1' }, 'INVALID'],
  [{ views: 1_000_001 }, 'INVALID'],
  [{ views: -100 }, 'INVALID'],
  [{ title: 1 }, 'INVALID'],
  [{ view: 1 }, 'INVALID'],
  [{}, 'BODY_NOT_OBJECT'],
  [[1], 'BODY_NOT_OBJECT'],
  ['{"__proto__": 1}', 'FORBIDDEN_KEY'],
])('the increment %j is refused, and nothing is counted', async (by, code) => {
  expect(await json(add('e', by))).toMatchObject({ code });
  expect(await json(api.send('GET', '/api/services/e'))).toMatchObject({ views: 7 });
});

it('an increment without a key is refused, since a repeat would count twice', async () => {
  expect(await json(api.send('POST', '/api/services/e/increment', { views: 1 }))).toMatchObject({
    code: 'KEY_REQUIRED',
  });
});

it('a dry run counts nothing', async () => {
  const answer = await api.send(
    'POST',
    '/api/services/e/increment?dryRun=1',
    { views: 1 },
    { 'idempotency-key': 'dry' },
  );
  expect(await json(answer)).toMatchObject({ views: 8 });
  expect(await json(api.send('GET', '/api/services/e'))).toMatchObject({ views: 7 });
});

it('a visitor adds 1 to a public counter, and nothing else', async () => {
  expect(await json(visit('f', { views: 1 }))).toEqual({ id: 'f', version: 1, views: 8 });
  for (const by of [{ views: 2 }, { views: -1 }, { likes: 1 }, { views: 1, likes: 1 }])
    expect(await json(visit('f', by))).toMatchObject({ code: 'LOGIN_REQUIRED' });
  expect(await json(api.send('GET', '/api/services/f'))).toMatchObject({ views: 8, likes: 0 });
});

it('counts outlive a restart', async () => {
  await add('g', { views: 2, likes: 1 });
  await api.restart();
  expect(await json(api.send('GET', '/api/services/g'))).toMatchObject({ views: 9, likes: 1 });
});

it('a reader hears of many increments once a second, with the last value, and of every change with its counters', async () => {
  const head = (await api.send('GET', '/api/services/h')).headers.get('x-sync-cursor') ?? '';
  const reader = await readEvents(`${api.url}/api/sync/stream?resources=services&since=${encodeURIComponent(head)}`);
  const startedAt = performance.now();
  for (let index = 0; index < 30; index++) await add('h', { views: 1 });
  await add('h', { likes: 1 });
  await api.send('PATCH', '/api/services/h', { title: 'H' });
  const changes: Change[] = [];
  while (changes.at(-1)?.version !== 2) {
    const [received] = await reader.take(1);
    if (received?.event.type === 'change') changes.push(received.event.change);
  }
  await reader.cut();
  // The hidden counter alone is not told to a visitor.
  const seconds = Math.floor((performance.now() - startedAt) / 1000);
  expect(changes.filter((change) => change.counts).length).toBeLessThanOrEqual(seconds + 2);
  expect(changes.at(-1)).toMatchObject({ version: 2, record: { title: 'H', views: 37 } });
  const counted = changes.filter((change) => change.counts).at(-1);
  expect(counted).toMatchObject({ operation: 'updated', counts: { views: 37 } });
  expect(counted?.counts).not.toHaveProperty('likes');
  const cursors = changes.map((change) => Number(change.cursor.split(':')[1]));
  expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
});

it('server code counts through the same counter, and cannot set it', async () => {
  const records = api.sync.records('services');
  await records.increment('i', { views: 5 }, { key: 'import-1' });
  await records.increment('i', { views: 5 }, { key: 'import-1' });
  expect(await records.get('i')).toMatchObject({ views: 12 });
  await expect(records.update('i', { views: 1 }, { override: ['views'] })).rejects.toMatchObject({
    code: 'BAD_PARAMETER',
  });
});

it('an import that keeps the day of creation has the counts that it brings, and counts on from there', async () => {
  const records = api.sync.records('services');
  await records.increment('j', { views: 5, likes: 2 });
  const exported = (await records.get('j')) ?? {};
  expect(exported).toMatchObject({ views: 12, likes: 2 });
  await records.delete('j');
  const { createdAt, title, views = 0 } = exported;
  const made = await records.create(
    { id: 'j', title: title ?? '', createdAt: createdAt ?? '', views },
    { override: ['createdAt', 'views'] },
  );
  expect(made.record).toMatchObject({ createdAt, views: 12, likes: 0 });
  expect(await json(api.send('GET', '/api/services/j'))).toMatchObject({ createdAt, views: 12, likes: 0 });
  await records.increment('j', { views: 1, likes: 1 });
  expect(await records.get('j')).toMatchObject({ views: 13, likes: 1 });
});

it('what was counted since is no reason against a delete by server code', async () => {
  const records = api.sync.records('services');
  const base = (await records.get('k')) ?? {};
  await records.increment('k', { views: 5 });
  expect(await records.delete('k', { base })).toMatchObject({ outcome: 'deleted' });
});

it('a webhook tells of a change with the counters as they are, not as they were stored', async () => {
  const receiver = await startReceiver();
  try {
    await api.send('POST', '/api/webhooks', { url: receiver.url });
    await add('l', { views: 5 });
    await api.send('PATCH', '/api/services/l', { title: 'L' });
    await receiver.got(1);
    const [call] = receiver.calls;
    expect(call?.event).toMatchObject({
      type: 'services.updated',
      data: { record: { title: 'L', views: 12 }, before: { title: 'l', views: 12 } },
    });
    expect(call?.event.data.patch.map(({ path }) => path)).not.toContain('/views');
  } finally {
    await receiver.close();
  }
});
