import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const card = z.object({ id: z.string(), name: z.string() });
const board = defineResource({
  name: 'board',
  schema: z.object({
    order: z.coerce.number().optional(),
    rows: z.array(z.object({ id: z.number(), name: z.string() })).optional(),
    slots: z.array(z.object({ id: z.string().regex(/^slot-\d$/), name: z.string() })).optional(),
    lanes: z.array(z.object({ id: z.string(), cards: z.array(card).optional() })).optional(),
    plain: z
      .array(z.object({ name: z.string(), inner: z.array(z.object({ name: z.string() })).optional() }))
      .optional(),
  }),
});

let api: Started;
beforeAll(async () => {
  api = await startSync({ resources: [board] });
});
afterAll(() => api.stop());

type Json = Record<string, unknown>;
let ids = 0;
const start = {
  order: 4,
  rows: [{ id: 1, name: 'one' }],
  slots: [{ id: 'slot-1', name: 'one' }],
  lanes: [
    { id: 'l1', cards: [{ id: 'c1', name: 'x' }] },
    { id: 'l2', cards: [] },
  ],
};
async function made(): Promise<string> {
  const id = `b${ids++}`;
  expect((await api.send('POST', '/api/board', { id, ...start })).status).toBe(201);
  return `/api/board/${id}`;
}
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Json;
const uuid = expect.stringMatching(/^[\da-f-]{36}$/) as string;

it.each([
  ['json', (cards: unknown) => ({ lanes: [{ id: 'l1', cards }, start.lanes[1]] })],
  ['merge-patch+json', (cards: unknown) => ({ lanes: [{ id: 'l1', cards }, start.lanes[1]] })],
  ['json-patch+json', (cards: unknown) => [{ op: 'replace', path: '/lanes/0/cards', value: cards }]],
])('two people who add to a list inside of an item by %s both keep what they added', async (type, body) => {
  const path = await made();
  const etag = (await api.send('GET', path)).headers.get('etag') ?? '';
  const add = (name: string) =>
    api.send('PATCH', path, body([{ id: 'c1', name: 'x' }, { name }]), {
      'if-match': etag,
      'content-type': `application/${type}`,
    });
  expect((await Promise.all([add('a'), add('b')])).map(({ status }) => status)).toEqual([200, 200]);
  const { lanes } = await json(api.send('GET', path));
  const [{ cards } = { cards: [] }] = lanes as { cards: { id: string; name: string }[] }[];
  expect(cards[0]).toEqual({ id: 'c1', name: 'x' });
  expect(cards.slice(1).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([{ id: uuid, name: 'a' }, { id: uuid, name: 'b' }]); // prettier-ignore
});

it('a new item of a list whose keys are numbers is refused with what is missing', async () => {
  const path = await made();
  const rows = [...start.rows, { name: 'new' }];
  const answer = await json(api.send('PATCH', path, { rows, $base: { rows: start.rows } }));
  expect(answer).toMatchObject({ status: 422, code: 'INVALID', detail: 'One new item has no key; nothing was saved.' });
  expect(answer['errors']).toEqual([
    {
      path: '/rows/1/id',
      code: 'key_missing',
      message: 'A new item of this list has to bring its "id": the server can only give a uuid.',
    },
  ]);
  expect(await json(api.send('GET', path))).toMatchObject({ rows: start.rows, version: 1 });
});

it('a schema that takes no uuid as key says that the key is missing, not that one is wrong', async () => {
  const path = await made();
  const slots = [{ name: 'new' }, { id: 'wrong', name: 'y' }, ...start.slots];
  const { errors } = await json(api.send('PATCH', path, { slots, $base: { slots: start.slots } }));
  expect((errors as Json[]).map(({ path: at, code }) => [at, code])).toEqual([
    ['/slots/0/id', 'key_missing'],
    ['/slots/1/id', 'invalid_format'],
  ]);
});

it('a save that adds an item without a key is written by the schema all the same', async () => {
  const path = await made();
  expect((await api.send('PATCH', path, { order: 5, $base: { order: 4 } })).status).toBe(200);
  // The form was loaded before, sends what it shows as text, and changed nothing of it.
  const lanes = [...start.lanes, { cards: [] }];
  const sent = { order: '4', lanes, $base: { order: '4', lanes: start.lanes } };
  expect(await json(api.send('PATCH', path, sent))).toMatchObject({ order: 5, lanes: [{}, {}, { id: uuid, cards: [] }] }); // prettier-ignore
});

it('what has no keys gets none, at any depth', async () => {
  const path = await made();
  const plain = [{ name: 'a', inner: [{ name: 'b' }] }];
  expect(await json(api.send('PATCH', path, { plain, $base: {} }))).toMatchObject({ plain });
});
