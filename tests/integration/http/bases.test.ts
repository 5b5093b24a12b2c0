import { defineResource } from 'backoffice-sync';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const schema = z.object({ name: z.string(), role: z.string().optional(), phone: z.string().optional() });
const seed = [{ id: 'm1', name: 'Camille', role: 'CTO', phone: '0' }];
const stamped = defineResource({ name: 'team', schema, seed, updatedAtIsBase: true });

type Json = Record<string, unknown>;
async function withServer(
  options: Parameters<typeof startSync>[0],
  use: (api: Started) => Promise<void>,
): Promise<void> {
  const api = await startSync(options);
  try {
    await use(api);
  } finally {
    await api.stop();
  }
}
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Json;

it('a form that sends back the updatedAt it was loaded with merges, where the resource declares it', () =>
  withServer({ resources: [stamped] }, async (api) => {
    const form = await json(api.send('GET', '/api/team/m1'));
    await api.send('PATCH', '/api/team/m1', { phone: '99' });
    const saved = await json(api.send('PUT', '/api/team/m1', { ...form, version: undefined, role: 'CIO' }));
    expect(saved).toMatchObject({ role: 'CIO', phone: '99', version: 3 });
    const conflict = await api.send('PUT', '/api/team/m1', { ...form, version: undefined, phone: '11' });
    expect(await conflict.json()).toMatchObject({ code: 'CONFLICT', conflicts: [{ path: '/phone', base: '0', mine: '11', theirs: '99' }] }); // prettier-ignore
    const gone = await api.send('PUT', '/api/team/m1', { role: 'x', updatedAt: '2020-01-01T00:00:00.000Z' });
    expect(await gone.json()).toMatchObject({ status: 412, code: 'BASE_GONE', current: { version: 3 } });
  }));

it('updatedAt rises with each save, so that it names one version', () =>
  withServer({ resources: [stamped] }, async (api) => {
    const save = async (phone: string) => (await json(api.send('PATCH', '/api/team/m1', { phone })))['updatedAt'];
    const times = await Promise.all(Array.from({ length: 30 }, (_, index) => save(`${index + 1}`)));
    expect(new Set(times).size).toBe(30);
    expect(times).toEqual(times.toSorted());
  }));

it('updatedAt in a body is no base where the resource does not declare it', () =>
  withServer({ resources: [defineResource({ name: 'team', schema, seed })] }, async (api) => {
    const form = await json(api.send('GET', '/api/team/m1'));
    const answer = await api.send('PUT', '/api/team/m1', { role: 'CIO', updatedAt: form['updatedAt'] });
    expect(await answer.json()).toMatchObject({ code: 'BASE_REQUIRED' });
  }));

it('an ETag of an older version merges, and is refused with 412 where the installation is strict', async () => {
  const resources = [defineResource({ name: 'team', schema, seed })];
  await withServer({ resources }, async (api) => {
    const etag = (await api.send('GET', '/api/team/m1')).headers.get('etag') ?? '';
    await api.send('PATCH', '/api/team/m1', { phone: '99' });
    const saved = await api.send('PUT', '/api/team/m1', { role: 'CIO' }, { 'if-match': etag });
    expect(await saved.json()).toMatchObject({ role: 'CIO', phone: '99' });
  });
  await withServer({ resources, ifMatch: 'strict' }, async (api) => {
    const first = await api.send('GET', '/api/team/m1');
    const etag = first.headers.get('etag') ?? '';
    expect((await api.send('PUT', '/api/team/m1', { phone: '99' }, { 'if-match': etag })).status).toBe(200);
    const stale = await api.send('PUT', '/api/team/m1', { role: 'CIO' }, { 'if-match': etag });
    expect(await stale.json()).toMatchObject({
      status: 412,
      code: 'VERSION_CHANGED',
      current: { role: 'CTO', phone: '99' },
    });
    const based = await api.send('PUT', '/api/team/m1', { role: 'CIO', $base: { role: 'CTO' } });
    expect(based.status).toBe(200);
    expect((await api.send('DELETE', '/api/team/m1', undefined, { 'if-match': etag })).status).toBe(412);
    expect((await api.send('DELETE', '/api/team/m1', undefined, { 'if-match': '*' })).status).toBe(204);
  });
});

it.each([
  ['BASE_REQUIRED', 428, 'PUT', { role: 'x' }, {}],
  ['INVALID', 422, 'PUT', { name: 1, $base: { name: 'Camille' } }, {}],
  ['INVALID', 422, 'PUT', { rolle: 'x', $base: {} }, {}],
  ['CONFLICT', 409, 'PUT', { role: 'x', $base: { role: 'other' } }, {}],
  ['BASE_GONE', 412, 'PUT', { role: 'x' }, { 'if-match': '"0193a2b4-0000-7000-8000-000000000000.7"' }],
  ['TEST_FAILED', 409, 'PATCH', [{ op: 'test', path: '/role', value: 'x' }], { 'content-type': 'application/json-patch+json' }],
  ['PATCH_FAILED', 422, 'PATCH', [{ op: 'remove', path: '/nothing' }], { 'content-type': 'application/json-patch+json' }],
] as const)('%s (%i) shows the record as it is, with the ETag to base the next try on', (code, status, method, body, headers) =>
  withServer({ resources: [defineResource({ name: 'team', schema, seed })] }, async (api) => {
    const read = await api.send('GET', '/api/team/m1');
    const refused = await json(api.send(method, '/api/team/m1', body, headers));
    expect(refused).toMatchObject({ code, status, current: await read.json(), etag: read.headers.get('etag') });
    const again = await api.send('PUT', '/api/team/m1', { role: 'CIO', $base: refused['current'] });
    expect(again.status).toBe(200);
  }),
); // prettier-ignore
