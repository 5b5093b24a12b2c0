import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const note = z.object({ id: z.string(), text: z.string() });
const cases = defineResource({
  name: 'cases',
  schema: z.object({
    title: z.string().min(1),
    notes: z.array(note).default([]),
    tags: z.array(z.string()).optional(),
    slug: z.string().optional(),
    rating: z.number().optional(),
    number: z.string().optional(),
    password: z.string().optional(),
  }),
  appendOnly: ['notes', 'tags'],
  preserve: ['rating'],
  immutable: ['number'],
  secret: ['password'],
  server: {
    slug: ({ record }) => String(record['title']).toLowerCase().replaceAll(' ', '-'),
    edits: ({ before, actor }) => `${Number(String(before?.['edits'] ?? '0').split(' ')[0]) + 1} ${actor.name}`,
  },
});
const start = [
  { id: 'n1', text: 'first' },
  { id: 'n2', text: 'second' },
];

let api: Started;
let ids = 0;
beforeAll(async () => {
  api = await startSync({ resources: [cases] });
});
afterAll(() => api.stop());

type Json = Record<string, unknown>;
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Json;
const get = (id: string) => json(api.send('GET', `/api/cases/${id}`));
async function made(fields: Json = {}): Promise<Json> {
  const body = { id: `c${ids++}`, title: 'A case', notes: start, tags: ['a'], rating: 4, number: 'N-1', ...fields };
  return json(api.send('POST', '/api/cases', body));
}
const lines = (answer: Json) => ((answer['$receipt'] as { fields: readonly Json[] } | undefined)?.fields ?? []).map(({ path, status }) => `${String(path)} ${String(status)}`); // prettier-ignore

describe('a list that only grows', () => {
  it('takes what two people add to it, without a conflict', async () => {
    const form = await made();
    const put = (id: string) =>
      api.send('PUT', `/api/cases/${String(form['id'])}`, {
        notes: [...start, { id, text: id }],
        $base: { notes: start },
      });
    expect((await Promise.all([put('n3'), put('n4'), put('n5')])).map(({ status }) => status)).toEqual([200, 200, 200]);
    const { notes } = await get(String(form['id']));
    expect((notes as typeof start).slice(0, 2)).toEqual(start);
    expect((notes as typeof start).map(({ id }) => id).toSorted()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
  });

  const attempts: Readonly<Record<string, readonly [type: string, body: unknown]>> = {
    'leaves items out': ['json', { notes: [start[1]] }],
    'edits an item': ['json', { notes: [{ id: 'n1', text: 'forged' }, start[1]] }],
    'moves items': ['json', { notes: start.toReversed() }],
    'empties it': ['json', { notes: [] }],
    'sets it to null': ['json', { notes: null }],
    'unsets it': ['json', { $unset: ['/notes'] }],
    'unsets an item': ['json', { $unset: ['/notes/[id=n1]'] }],
    'removes it by merge patch': ['merge-patch+json', { notes: null }],
    'replaces an item by JSON Patch': ['json-patch+json', [{ op: 'replace', path: '/notes/0/text', value: 'forged' }]],
    'removes an item by JSON Patch': ['json-patch+json', [{ op: 'remove', path: '/notes/0' }]],
  };
  it.each(Object.entries(attempts))('keeps what it has when a save %s', async (_name, [type, body]) => {
    const form = await made();
    const headers = { 'content-type': `application/${type}`, prefer: 'receipt', 'if-match': '*' };
    const answer = await json(api.send('PATCH', `/api/cases/${String(form['id'])}`, body, headers));
    expect(answer['notes']).toEqual(start);
    expect(answer['version']).toBe(1);
    expect(lines(answer)).toContain('/notes kept');
  });

  it('adds the new items of a save that also edits and leaves out others', async () => {
    const form = await made();
    const body = {
      notes: [
        { id: 'n2', text: 'forged' },
        { id: 'n9', text: 'new' },
      ],
      title: 'Other',
    };
    const answer = await json(api.send('PATCH', `/api/cases/${String(form['id'])}`, body, { prefer: 'receipt' }));
    expect(answer['notes']).toEqual([...start, { id: 'n9', text: 'new' }]);
    expect(lines(answer)).toEqual(expect.arrayContaining(['/notes kept', '/notes/[id=n9] applied']));
  });

  it('adds plain values by what the form was loaded with', async () => {
    const form = await made();
    const url = `/api/cases/${String(form['id'])}`;
    await api.send('PATCH', url, { tags: ['a', 'b'], $base: { tags: ['a'] } });
    await api.send('PATCH', url, { tags: ['a', 'c'], $base: { tags: ['a'] } });
    await api.send('PATCH', url, { tags: ['x'], $base: { tags: ['a'] } });
    expect((await get(String(form['id'])))['tags']).toEqual(['a', 'b', 'c', 'x']);
  });

  it('takes an addition by JSON Patch, and is not shortened by a restore or an undo', async () => {
    const form = await made();
    const url = `/api/cases/${String(form['id'])}`;
    const add = [{ op: 'add', path: '/notes/-', value: { id: 'n3', text: 'third' } }];
    await api.send('PATCH', url, add, { 'content-type': 'application/json-patch+json' });
    await api.send('POST', `${url}/restore`, { version: 1 });
    await api.send('POST', `${url}/undo`, { version: 2 });
    expect((await get(String(form['id'])))['notes']).toHaveLength(3);
  });

  it('adds once what is sent twice under the same ids', async () => {
    const form = await made();
    const body = { notes: [...start, { id: 'n3', text: 'third' }], $base: { notes: start } };
    for (let times = 0; times < 3; times++) await api.send('PATCH', `/api/cases/${String(form['id'])}`, body);
    expect((await get(String(form['id'])))['notes']).toHaveLength(3);
  });
});

describe('a field that only the server sets', () => {
  it('is made anew at each save that changes something, whatever the body says', async () => {
    const form = await made({ slug: 'forged', edits: 'forged' });
    expect(form).toMatchObject({ slug: 'a-case', edits: '1 api' });
    const url = `/api/cases/${String(form['id'])}`;
    const answer = await json(
      api.send('PATCH', url, { title: 'New Title', slug: 'mine', edits: '99' }, { prefer: 'receipt' }),
    );
    expect(answer).toMatchObject({ slug: 'new-title', edits: '2 api' });
    expect(lines(answer)).toEqual(expect.arrayContaining(['/slug kept', '/edits kept']));
    expect((await api.send('PATCH', url, { slug: 'mine' })).headers.get('sync-outcome')).toBe('unchanged');
    await api.sync.records('cases').update(String(form['id']), { title: 'Third' });
    expect(await get(String(form['id']))).toMatchObject({ slug: 'third', edits: '3 server' });
    await api.send('POST', `${url}/restore`, { version: 1 });
    expect(await get(String(form['id']))).toMatchObject({ title: 'A case', slug: 'a-case', edits: '4 api' });
  });

  it('that cannot be computed refuses the save, says nothing of why, and the server goes on', async () => {
    const broken = defineResource({
      name: 'broken',
      schema: z.object({ title: z.string() }),
      server: {
        slug: ({ record }) => {
          if (record['title'] === 'boom') throw new Error('the inner reason');
          return 'fine';
        },
      },
    });
    const other = await startSync({ resources: [broken] });
    try {
      const refused = await json(other.send('POST', '/api/broken', { id: 'b', title: 'boom' }));
      expect(refused).toMatchObject({ code: 'INTERNAL' });
      expect(JSON.stringify(refused)).not.toContain('inner reason');
      expect(await json(other.send('POST', '/api/broken', { id: 'b', title: 'ok' }))).toMatchObject({ slug: 'fine' });
    } finally {
      await other.stop();
    }
  });
});

it('a field that the server computes is computed once for a save whose fields the schema takes as they are', async () => {
  const asked: unknown[] = [];
  const pages = defineResource({
    name: 'pages',
    schema: z.object({ title: z.string().trim(), slug: z.string().optional() }),
    server: {
      slug: ({ record }) => {
        asked.push(record['title']);
        if (record['title'] === ' padded ') throw new Error('only the schema makes this one whole');
        return `/${String(record['title'])}`;
      },
    },
  });
  const other = await startSync({ resources: [pages] });
  try {
    expect(await json(other.send('POST', '/api/pages', { id: 'p', title: 'a' }))).toMatchObject({ slug: '/a' });
    expect(asked).toEqual(['a']);
    // A patch is not written by the schema before it is merged.
    const type = { 'content-type': 'application/merge-patch+json' };
    const padded = await json(other.send('PATCH', '/api/pages/p', { title: ' padded ' }, type));
    expect(padded).toMatchObject({ title: 'padded', slug: '/padded' });
    expect(asked).toEqual(['a', ' padded ', 'padded']);
  } finally {
    await other.stop();
  }
});

it('Prefer: keep with a pattern keeps secrets too', async () => {
  const { id } = await made({ password: 'first' });
  const save = (keep: string) =>
    json(api.send('PATCH', `/api/cases/${String(id)}`, { password: 'second' }, { prefer: `receipt, keep="${keep}"` }));
  expect(lines(await save('/*'))).not.toContain('/password applied');
  expect(lines(await save('/passwor'))).toContain('/password applied');
});

it.each([
  [{ counter: ['a/b', '/list/0/views'] }, 'counter'],
  [{ appendOnly: ['/group/list'] }, 'appendOnly'],
  [{ secret: ['/mail/password'] }, 'secret'],
  [{ publicCounters: ['title'] }, 'publicCounters'],
  [{ texts: ['titel'] }, 'texts'],
  [{ schema: z.object({ 'a/b': z.string() }), secret: ['a/b'] }, 'secret'],
  [{ schema: z.object({ 'a~b': z.string() }), secret: ['a~b'] }, 'secret'],
  [{ server: { updatedAt: () => 'x' } }, 'server'],
  [{ server: { slug: 'x' as never } }, 'server'],
])('the declaration %j stops the start and names the option', (options, option) => {
  const schema = z.object({ title: z.string() });
  expect(() => defineResource({ name: 'wrong', schema, ...options })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(option) }) as Error,
  );
});

it('a form learns the class of each field', async () => {
  const configuration = await json(api.send('GET', '/api/sync/configuration'));
  const [described] = configuration['resources'] as { fields: readonly { name: string; class?: string }[] }[];
  const classes = Object.fromEntries((described?.fields ?? []).map((field) => [field.name, field.class]));
  expect(classes).toMatchObject({ notes: 'appendOnly', slug: 'server', rating: 'preserve', number: 'immutable', password: 'secret', title: undefined }); // prettier-ignore
});
