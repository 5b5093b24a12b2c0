import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const text = z.string().trim().optional();
const pages = defineResource({
  name: 'pages',
  drafts: true,
  schema: z.object({
    title: z.string().trim(),
    hits: z.number().int().default(0),
    copied: z.number().optional(),
    slug: z.string().optional(),
    password: z.string().optional(),
    address: z.object({ city: text, street: text }).optional(),
    members: z.array(z.object({ id: z.string(), role: text, name: text })).optional(),
    rooms: z.array(z.object({ number: z.number(), note: text })).optional(),
    notes: z.array(z.object({ id: z.string().optional(), text: z.string() })).optional(),
    links: z.array(z.object({ id: z.string(), url: z.string() })).optional(),
    locked: z.string().optional(),
  }),
  counter: ['hits'],
  secret: ['password'],
  preserve: ['locked'],
  appendOnly: ['notes'],
  keys: { '/rooms': 'number' },
  server: { slug: ({ record }) => `[${String(record['title'])}:${String(record['hits'])}]` },
});

type Json = Record<string, unknown>;
let api: Started;
let made = 0;
beforeAll(async () => {
  api = await startSync({
    resources: [pages],
    authenticate: (request) => {
      const name = request.get('x-user');
      return name ? { id: name, name, role: 'admin', kind: 'admin' } : null;
    },
  });
});
afterAll(() => api.stop());

const json = async (answer: Promise<Response>) => (await (await answer).json()) as Json;
const as = (name: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/api/pages/${path}`, {
    method,
    headers: { 'content-type': 'application/json', origin: api.url, 'x-user': name, prefer: 'receipt', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const patch = (id: string, operations: unknown) =>
  json(as('ada', 'PATCH', id, operations, { 'content-type': 'application/json-patch+json', 'if-match': '*' }));
const count = (id: string, hits: number) =>
  as('ada', 'POST', `${id}/increment`, { hits }, { 'idempotency-key': `count-${made++}` });
async function page(fields: Json = {}): Promise<string> {
  const id = `p${made++}`;
  const created = await api.send('POST', '/api/pages', { id, title: 'a', locked: 'kept', ...fields });
  expect(created.status).toBe(201);
  return id;
}
const read = (id: string) => json(as('ada', 'GET', id));
const lines = (answer: Json) =>
  ((answer['$receipt'] as { fields: readonly Json[] }).fields ?? []).map(
    ({ path, status }) => `${String(path)} ${String(status)}`,
  );

it('a refused delete, publish or undo tells nothing of a secret, not even sealed', async () => {
  const id = await page({ password: 'pw-ONE-canary' });
  const etag = (await as('ada', 'GET', id)).headers.get('etag') ?? '';
  await as('bea', 'PATCH', id, { password: 'pw-TWO-canary', title: 'b', $base: { title: 'a' } });
  const refused = [
    await as('ada', 'DELETE', id, undefined, { 'if-match': etag }),
    await as('ada', 'DELETE', `${id}?dryRun=1`, undefined, { 'if-match': etag }),
    await as('ada', 'POST', `${id}/publish`, undefined, { 'if-match': etag }),
    await as('ada', 'POST', `${id}/undo`, { version: 1 }),
  ];
  for (const answer of refused) {
    const { conflicts, ...rest } = (await answer.json()) as { conflicts: readonly Json[] };
    expect([answer.status, JSON.stringify(rest).includes('password')]).toEqual([409, false]);
    // That it was changed is told, since the delete would take it away.
    for (const conflict of conflicts) if (conflict['path'] === '/password') expect(Object.keys(conflict).toSorted()).toEqual(['at', 'author', 'path']); // prettier-ignore
    expect(JSON.stringify(conflicts)).not.toContain('sealed:');
  }
  expect((await api.sync.records('pages').update(id, { title: 'c' })).record).not.toHaveProperty('password');
});

it('a stale delete asks although a colleague changed nothing but a secret', async () => {
  const id = await page({ password: 'pw-ONE-canary' });
  const etag = (await as('ada', 'GET', id)).headers.get('etag') ?? '';
  await as('bea', 'PATCH', id, { password: 'pw-TWO-canary', $base: {} });
  const refused = await as('ada', 'DELETE', id, undefined, { 'if-match': etag });
  expect(await refused.json()).toMatchObject({ code: 'CONFLICT', conflicts: [{ path: '/password', author: 'bea' }] });
});

describe('counters', () => {
  it('are for patches and computed fields what everybody sees, and stay beside the record', async () => {
    const id = await page();
    await count(id, 8);
    expect(await patch(id, [{ op: 'test', path: '/hits', value: 8 }, { op: 'copy', from: '/hits', path: '/copied' }])).toMatchObject({ hits: 8, copied: 8, slug: '[a:8]' }); // prettier-ignore
    await count(id, 1);
    expect(await read(id)).toMatchObject({ hits: 9, copied: 8 });
    const refused = await json(as('ada', 'PUT', id, { title: 'b', $base: { title: 'other' } }));
    expect(refused).toMatchObject({ code: 'CONFLICT', current: { hits: 9 } });
  });

  it('come back with the record that they belong to, also after another one had its id', async () => {
    const id = await page();
    await count(id, 100);
    await as('ada', 'DELETE', id, undefined, { 'if-match': '*' });
    await api.send('POST', '/api/pages', { id, title: 'second' });
    await count(id, 3);
    await as('ada', 'DELETE', id, undefined, { 'if-match': '*' });
    await as('ada', 'POST', `${id}/restore`, { version: 1 });
    expect(await read(id)).toMatchObject({ title: 'a', hits: 100 });
  });

  it('are never answered with 304, since they move without a new ETag', async () => {
    const id = await page();
    const etag = (await as('ada', 'GET', id)).headers.get('etag') ?? '';
    await count(id, 1);
    const again = await as('ada', 'GET', id, undefined, {
      'if-none-match': etag,
      // Without it fetch asks for a new answer by itself, and nobody could answer 304.
      'cache-control': 'max-age=0',
    });
    expect([again.status, (await again.json()) as Json]).toEqual([200, expect.objectContaining({ hits: 1 })]);
  });

  it('are what computed fields and server code get, also of a record that comes back', async () => {
    const id = await page();
    await count(id, 6);
    expect((await api.sync.records('pages').update(id, { title: 'b' })).record).toMatchObject({
      hits: 6,
      slug: '[b:6]',
    });
    await as('ada', 'DELETE', id, undefined, { 'if-match': '*' });
    const back = await json(as('ada', 'POST', `${id}/restore`, { version: 2 }));
    expect(back).toMatchObject({ hits: 6, slug: '[b:6]' });
    await count(id, 1);
    expect(await read(id)).toMatchObject({ hits: 7 });
  });

  it('cannot be set from server code under any name', async () => {
    const id = await page();
    const set = api.sync.records('pages').update(id, { hits: 50 }, { override: ['/hits'] });
    await expect(set).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
  });

  it('cost a stranger who sends nonsense more than the server', async () => {
    const body = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`n${index}`, 1]));
    const answer = await fetch(`${api.url}/api/pages/x/increment`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }); // prettier-ignore
    expect([answer.status, (await answer.text()).length < 1000]).toEqual([401, true]);
    const mine = await api.send('POST', '/api/pages/x/increment', body, { 'idempotency-key': 'k' });
    expect(((await mine.json()) as { errors: unknown[] }).errors).toHaveLength(20);
  });
});

describe('what is removed inside of a field', () => {
  it('of an item with a declared key is removed, by every kind of body', async () => {
    const rooms = [{ number: 1, note: 'x' }];
    const id = await page({ rooms });
    expect(await patch(id, [{ op: 'remove', path: '/rooms/0/note' }])).toMatchObject({ rooms: [{ number: 1 }] });
    await as('ada', 'POST', `${id}/restore`, { version: 1 });
    expect(await read(id)).toMatchObject({ rooms });
    const merged = await as('ada', 'PATCH', id, { rooms: [{ number: 1 }] }, { 'content-type': 'application/merge-patch+json', 'if-match': '*' }); // prettier-ignore
    expect(((await merged.json()) as Json)['rooms']).toEqual([{ number: 1 }]);
  });

  it('goes back by restore and undo of that field alone', async () => {
    const id = await page({ address: { city: 'Lyon' } });
    const add = () => as('ada', 'PATCH', id, { address: { street: 'new' } }, { 'if-match': '*' });
    await add();
    await as('ada', 'POST', `${id}/restore`, { version: 1, fields: ['address'] });
    expect((await read(id))['address']).toEqual({ city: 'Lyon' });
    const { version } = (await json(add())) as { version: number };
    await as('ada', 'POST', `${id}/undo`, { version, fields: ['address'] });
    expect((await read(id))['address']).toEqual({ city: 'Lyon' });
  });

  it('and sent in the same body, or unknown, is refused', async () => {
    const id = await page();
    const both = as('ada', 'PATCH', id, { locked: 'x', $unset: ['/locked'], $base: {} });
    expect(await json(both)).toMatchObject({ code: 'BASE_INVALID' });
    const unknown = as('ada', 'PATCH', id, { $unset: ['/titel'], $base: {} });
    expect(await json(unknown)).toMatchObject({ code: 'INVALID', errors: [{ path: '/titel', code: 'unknown_field' }] });
  });
});

describe('a receipt', () => {
  it('names who changed the place, where two have changed one field', async () => {
    const id = await page({ address: { city: 'c', street: 's' }, members: [{ id: 'a', role: 'r' }, { id: 'b', role: 'r' }] }); // prettier-ignore
    await as('ada', 'PATCH', id, { address: { city: 'ADA' }, $base: { address: { city: 'c' } } });
    await as('bea', 'PATCH', id, { address: { street: 'BEA' }, $base: { address: { street: 's' } } });
    const mine = { address: { city: 'CARL' }, $base: { address: { city: 'c' } } };
    expect(await json(as('carl', 'PATCH', id, mine))).toMatchObject({
      conflicts: [{ path: '/address/city', author: 'ada' }],
    });
    const base = { address: { city: 'c', street: 's' }, title: 'a' };
    const saved = await json(as('carl', 'PATCH', id, { ...base, title: 'new', $base: base }));
    expect(saved['$receipt']).toMatchObject({
      fields: expect.arrayContaining([
        expect.objectContaining({ path: '/address/city', by: 'ada' }),
        expect.objectContaining({ path: '/address/street', by: 'bea' }),
      ]) as unknown,
    });
  });

  it('does not claim what the schema wrote back, and names a protected field that was to be removed', async () => {
    const id = await page();
    expect(lines(await patch(id, [{ op: 'replace', path: '/title', value: 'a ' }]))).toEqual(['/title unchanged']);
    const removed = await patch(id, [{ op: 'remove', path: '/locked' }]);
    expect([removed['locked'], lines(removed)]).toEqual(['kept', ['/locked kept']]);
  });

  it('of a secret that the client keeps says nothing was set', async () => {
    const id = await page({ password: 'first-secret' });
    const answer = await as(
      'ada',
      'PATCH',
      id,
      { password: 'second', $base: {} },
      { prefer: 'receipt, keep="/password"' },
    );
    expect(lines((await answer.json()) as Json)).not.toContain('/password applied');
    expect(answer.headers.get('sync-outcome')).toBe('unchanged');
  });
});

it('a computed field is made of what is stored, after the schema wrote it', async () => {
  const id = await page();
  expect(await patch(id, [{ op: 'replace', path: '/title', value: '  spaced  ' }])).toMatchObject({ title: 'spaced', slug: '[spaced:0]' }); // prettier-ignore
});

it('an item that is added without a key gets one by every body, and items that never had one stay as they are', async () => {
  const id = await page({ links: [{ id: 'l', url: 'u' }], notes: [{ text: 'a' }] });
  const added = await patch(id, [{ op: 'add', path: '/links/-', value: { url: 'n' } }]);
  expect(added['links']).toEqual([{ id: 'l', url: 'u' }, { id: expect.any(String) as string, url: 'n' }]); // prettier-ignore
  const notes = [{ text: 'a' }, { id: 'x', text: 'b' }];
  const grown = await json(as('ada', 'PATCH', id, { notes, $base: { notes: [{ text: 'a' }] } }));
  expect(grown['notes']).toEqual(notes);
  expect(lines(grown)).not.toContain('/notes kept');
});

it('a list of records is no address for PUT', async () => {
  const answer = await as('ada', 'PUT', '', { title: 'x' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST, PATCH']);
});

it('a patch on an older version leaves alone a list whose items have no key', async () => {
  const id = await page({ notes: [{ text: 'k' }] });
  const notes = [{ text: 'k' }, { id: 'x', text: 'b' }];
  await as('ada', 'PATCH', id, { notes, $base: { notes: [{ text: 'k' }] } });
  const etag = (await as('ada', 'GET', id)).headers.get('etag') ?? '';
  await as('bea', 'PATCH', id, { notes: [...notes, { id: 'y', text: 'c' }], $base: { notes } });
  const operations = [{ op: 'replace', path: '/title', value: 'new' }];
  const answer = await as('ada', 'PATCH', id, operations, {
    'content-type': 'application/json-patch+json',
    'if-match': etag,
  });
  expect(await answer.json()).toMatchObject({ title: 'new', notes: [{ text: 'k' }, { id: 'x' }, { id: 'y' }] });
});

it("a computed field is made from the stored one, once for each save, and an invalid record is the schema's to refuse", async () => {
  const counted = defineResource({
    name: 'counted',
    schema: z.object({ name: z.string(), rev: z.number().optional() }),
    server: {
      rev: ({ record }) => Number(record['rev'] ?? 0) + 1,
      upper: ({ record }) => (record['name'] as string).toUpperCase(),
    },
  });
  const other = await startSync({ resources: [counted] });
  try {
    expect(await json(other.send('POST', '/api/counted', { id: 'c', name: 'a' }))).toMatchObject({
      rev: 1,
      upper: 'A',
    });
    expect(await json(other.send('PATCH', '/api/counted/c', { name: 'b' }))).toMatchObject({ rev: 2, upper: 'B' });
    expect(await json(other.send('PATCH', '/api/counted/c', { name: 5 }))).toMatchObject({ code: 'INVALID' });
  } finally {
    await other.stop();
  }
});
