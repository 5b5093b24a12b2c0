import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const lines = ['First paragraph.', 'Second paragraph.', 'Third paragraph.', 'Fourth paragraph.'];
const text = lines.join('\n');
const team = defineResource({
  name: 'team',
  schema: z.object({ name: z.string(), biography: z.string(), motto: z.string(), members: z.array(z.object({ id: z.string(), text: z.string() })) }),
  texts: ['biography', '/members/*/text'],
  seed: ['a', 'b', 'c', 'd'].map((id) => ({ id, name: 'Camille', biography: text, motto: text, members: [{ id: 'x', text }] })),
}); // prettier-ignore

let api: Started;
beforeAll(async () => {
  api = await startSync({ resources: [team] });
});
afterAll(() => api.stop());

const changed = (place: number, to: string): string =>
  lines.map((line, index) => (index === place ? to : line)).join('\n');
const save = async (id: string, fields: object, base: object) =>
  (await (
    await api.send('PUT', `/api/team/${id}`, { ...fields, $base: base }, { prefer: 'receipt' })
  ).json()) as Record<string, unknown>;

it('two edits of different lines of a declared text both stay, and the receipt says whose came in', async () => {
  await save('a', { biography: changed(0, 'Mine.') }, { biography: text });
  const saved = await save('a', { biography: changed(3, 'Yours.') }, { biography: text });
  expect(saved['biography']).toBe('Mine.\nSecond paragraph.\nThird paragraph.\nYours.');
  expect(saved['$receipt']).toMatchObject({ fields: [{ path: '/biography', status: 'merged', by: 'api' }] });
});

it('two edits of one line, or of neighbouring ones, are a conflict, and nothing with marks in it is ever stored', async () => {
  await save('b', { biography: changed(1, 'Mine.') }, { biography: text });
  for (const place of [0, 1, 2]) {
    const refused = await save('b', { biography: changed(place, 'Yours.') }, { biography: text });
    expect(refused).toMatchObject({ code: 'CONFLICT', conflicts: [{ path: '/biography', base: text }] });
  }
  const stored = (await (await api.send('GET', '/api/team/b')).json()) as Record<string, unknown>;
  expect(stored['biography']).toBe(changed(1, 'Mine.'));
});

it('a text that is not declared is one value', async () => {
  await save('c', { motto: changed(0, 'Mine.') }, { motto: text });
  expect(await save('c', { motto: changed(3, 'Yours.') }, { motto: text })).toMatchObject({ code: 'CONFLICT' });
});

it('a declared text inside the items of a list merges too', async () => {
  const members = (to: string) => ({ members: [{ id: 'x', text: to }] });
  await save('d', members(changed(0, 'Mine.')), members(text));
  const saved = await save('d', members(changed(3, 'Yours.')), members(text));
  expect(saved['members']).toEqual([{ id: 'x', text: 'Mine.\nSecond paragraph.\nThird paragraph.\nYours.' }]);
});
