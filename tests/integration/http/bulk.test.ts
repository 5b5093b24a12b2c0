import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSync, type Started } from '../../helpers/startSync.ts';

let api: Started;
let person: Started['send'];
beforeAll(async () => {
  api = await startSync();
  person = await api.signIn();
});
afterAll(() => api.stop());

interface Result {
  readonly id: string;
  readonly status: number;
  readonly outcome?: string;
  readonly etag?: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly problem?: { readonly code: string; readonly current?: unknown };
}

let made = 0;
async function members(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `bulk-${made++}`);
  await Promise.all(ids.map((id) => api.send('POST', '/api/team', { id, name: id, role: 'old', employeeId: 'E-9' })));
  return ids;
}
const results = async (answer: Promise<Response>) => (await (await answer).json()) as readonly Result[];
const read = async (id: string) => (await (await api.send('GET', `/api/team/${id}`)).json()) as Record<string, unknown>;

it('the same change on many records is one save for each, with its ETag', async () => {
  const ids = await members(50);
  const answer = await api.send('PATCH', '/api/team', ids.map((id) => ({ id, role: 'new' }))); // prettier-ignore
  expect(answer.status).toBe(200);
  const saved = (await answer.json()) as readonly Result[];
  expect(saved.map(({ id }) => id)).toEqual(ids);
  for (const { id, status, outcome, etag, record } of saved) {
    expect({ status, outcome, role: record?.['role'] }).toEqual({ status: 200, outcome: 'saved', role: 'new' });
    expect(etag).toBe((await api.send('GET', `/api/team/${id}`)).headers.get('etag'));
  }
  const history = (await (await api.send('GET', `/api/team/${String(ids[0])}/history`)).json()) as unknown[];
  expect(history).toHaveLength(2);
});

it('each record has its own outcome, and a refused one stops no other', async () => {
  const [a, b, c, d] = (await members(4)) as [string, string, string, string];
  await api.send('PATCH', `/api/team/${b}`, { role: 'theirs' });
  const answer = await person('PATCH', '/api/team', [
    { id: a, role: 'mine', $base: { role: 'old' } },
    { id: b, role: 'mine', $base: { role: 'old' } },
    { id: c, role: 'mine' },
    { id: d, name: '', $base: { name: d } },
    { id: 'nobody', role: 'mine', $base: { role: 'old' } },
    { id: `${a}x`, rolle: 'mine', $base: {} },
  ]);
  expect(answer.status).toBe(207);
  const told = (await answer.json()) as readonly Result[];
  expect(told.map(({ status, problem }) => `${status} ${problem?.code ?? ''}`)).toEqual([
    '200 ', '409 CONFLICT', '428 BASE_REQUIRED', '422 INVALID', '404 NOT_FOUND', '404 NOT_FOUND',
  ]); // prettier-ignore
  expect(told[1]?.problem?.current).toMatchObject({ role: 'theirs' });
  expect([await read(a), await read(b), await read(c), await read(d)].map(({ role, name }) => `${String(name)} ${String(role)}`)).toEqual(
    [`${a} mine`, `${b} theirs`, `${c} old`, `${d} old`],
  ); // prettier-ignore
});

it('protected fields of each record stay, and the receipt says so', async () => {
  const [a] = (await members(1)) as [string];
  const headers = { prefer: 'receipt' };
  const [told] = await results(api.send('PATCH', '/api/team', [{ id: a, employeeId: 'forged', role: 'new' }], headers));
  expect(told?.record).toMatchObject({ employeeId: 'E-9', role: 'new' });
  expect(told?.record?.['$receipt']).toMatchObject({
    fields: expect.arrayContaining([{ path: '/employeeId', status: 'kept' }]) as unknown,
  });
});

it('a repeat under the same key does what was not done and answers what was', async () => {
  const [a, b] = (await members(2)) as [string, string];
  const headers = { 'idempotency-key': `bulk-${a}` };
  await api.send('PATCH', '/api/team', [{ id: a, role: 'once' }], headers);
  await api.send('PATCH', `/api/team/${a}`, { role: 'later' });
  const again = await results(api.send('PATCH', '/api/team', [{ id: a, role: 'once' }, { id: b, role: 'once' }], headers)); // prettier-ignore
  expect(again.map(({ status }) => status)).toEqual([200, 200]);
  expect([(await read(a))['role'], (await read(b))['role']]).toEqual(['later', 'once']);
});

it('a dry run answers the same and stores nothing', async () => {
  const [a] = (await members(1)) as [string];
  const [told] = await results(api.send('PATCH', '/api/team?dryRun=1', [{ id: a, role: 'new' }]));
  expect(told).toMatchObject({ status: 200, outcome: 'saved', record: { role: 'new' } });
  expect(await read(a)).toMatchObject({ role: 'old', version: 1 });
});

it.each([
  ['no list', { id: 'a', role: 'x' }, {}, 'BAD_PARAMETER'],
  ['an item without an id', [{ role: 'x' }], {}, 'BAD_PARAMETER'],
  ['an item that is no object', ['a'], {}, 'BAD_PARAMETER'],
  ['an id twice', [{ id: 'a' }, { id: 'a' }], {}, 'BAD_PARAMETER'],
  ['201 records', Array.from({ length: 201 }, (_, index) => ({ id: `x${index}` })), {}, 'BAD_PARAMETER'],
  ['one ETag for all', [{ id: 'a' }], { 'if-match': '"0197-x.1"' }, 'BASE_INVALID'],
  ['a merge patch', [{ id: 'a' }], { 'content-type': 'application/merge-patch+json' }, 'MEDIA_TYPE'],
  ['a prototype key in one item', '[{"id":"a"},{"id":"b","__proto__":{}}]', {}, 'FORBIDDEN_KEY'],
])('%s is refused as a whole', async (_name, body, headers: Record<string, string>, code) => {
  const answer = await api.send('PATCH', '/api/team', body, headers);
  expect(await answer.json()).toMatchObject({ code });
});

it('whoever may not save is refused as a whole', async () => {
  const answer = await fetch(`${api.url}/api/team`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '[]' }); // prettier-ignore
  expect(answer.status).toBe(401);
});
