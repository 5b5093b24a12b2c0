import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const seed = {
  id: 'a',
  title: 'T',
  address: { city: 'Lyon', street: 'A' },
  rows: [{ id: 'r1', name: 'x', note: 'y' }],
  extra: { any: { thing: 1 } },
};
const page = defineResource({
  name: 'page',
  schema: z.object({
    title: z.string(),
    address: z.object({ city: z.string().optional(), street: z.string().optional() }).nullable().optional(),
    rows: z.array(z.object({ id: z.string(), name: z.string(), note: z.string().optional() })).optional(),
    extra: z.record(z.string(), z.unknown()).optional(),
  }),
  seed: [seed],
});

let api: Started;
beforeAll(async () => {
  api = await startSync({ resources: [page] });
});
afterAll(() => api.stop());

const unset = async (pointers: unknown) => {
  const answer = await api.send('PATCH', '/api/page/a?dryRun=1', { $unset: pointers });
  const body = (await answer.json()) as { code?: string; errors?: { path: string; code: string; message: string }[] };
  return { status: answer.status, ...body };
};

it.each([
  ['/titel', '"titel" is not a field of page. Did you mean "title"?'],
  ['/address/cyti', '"cyti" is not a field of page.address. Did you mean "city"?'],
  ['/rows/[id=r1]/nam', '"nam" is not a field of page.rows.[id=r1]. Did you mean "name"?'],
  ['/rows/0/colour', '"colour" is not a field of page.rows.0.'],
  ['/rows/[id=gone]/colour', '"colour" is not a field of page.rows.[id=gone].'],
  ['/title/inner', '"inner" is not a field of page.title.'],
])('$unset of %s, which no schema knows, is refused like an unknown field', async (pointer, message) => {
  expect(await unset([pointer])).toMatchObject({
    status: 422,
    code: 'INVALID',
    errors: [{ path: pointer, code: 'unknown_field', message }],
  });
});

it.each([
  '/address/city',
  '/rows/[id=r1]/note',
  '/rows/[id=gone]/note',
  '/extra/any/thing',
  '/extra/none',
  '/createdAt',
])('$unset of %s is taken', async (pointer) => {
  expect((await unset([pointer])).status).toBe(200);
});

it.each([['/a~2'], ['title'], [''], [1]])(
  '$unset of %j, which is no pointer to a field, is refused',
  async (pointer) => {
    expect(await unset([pointer])).toMatchObject({ status: 400, code: 'BASE_INVALID' });
  },
);
