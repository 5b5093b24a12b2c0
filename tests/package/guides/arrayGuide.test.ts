import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunningApp } from '../runApp.ts';
import { send } from './guideClient.ts';
import { linkGuideProject, type GuideProject } from './guideProject.ts';

const packed = inject('packedPackage');
const path = '/api/team/1';
const forged = { employeeId: 'forged', createdAt: '1999-01-01T00:00:00.000Z' };

describe('the guide for a plain array', () => {
  let project: GuideProject;
  let app: RunningApp;
  const get = async () => (await send(app, path)).body;
  const put = (body: object) => send(app, path, body);
  const start = async (file: string) => (app = await project.start(file, {}));

  beforeAll(async () => {
    project = await linkGuideProject('array', { packed: packed.express5, libraries: [] });
  });
  afterEach(() => app.stop());
  afterAll(() => project.remove());

  it('loses the edit of the first admin, stores what nobody may change and breaks the dates, before', async () => {
    await start('before.js');
    const form = await get();
    await put({ ...form, role: 'CIO' });
    await put({ ...form, phone: '99', ...forged });
    expect(await get()).toMatchObject({ role: 'CTO', phone: '99', ...forged });
    expect((await send(app, '/api/birthdays')).status).toBe(500);
  });

  it('keeps the edits of two admins, what nobody may change and the dates, after', async () => {
    await start('after.js');
    const form = await get();
    const { employeeId, createdAt } = form;
    const address = form['address'] as object;
    await put({ ...form, ...forged, role: 'CIO', address: { ...address, city: 'Paris' }, $base: form });
    await put({
      ...form,
      phone: '99',
      address: { ...address, street: 'Rue B' },
      birthday: '1991-06-03T00:00:00.000Z',
      $base: form,
    });
    const edits = { role: 'CIO', phone: '99', address: { city: 'Paris', street: 'Rue B' } };
    expect(await get()).toMatchObject({ ...edits, birthday: '1991-06-03T00:00:00.000Z', employeeId, createdAt });
    expect(await send(app, '/api/birthdays')).toMatchObject({ status: 200, body: [{ month: 6 }] });
  });

  it('answers 409 with both values when the same field was saved in between, after', async () => {
    await start('after.js');
    const form = await get();
    await put({ ...form, role: 'Chair', $base: form });
    const conflicts = [{ path: '/role', base: 'CTO', mine: 'Founder', theirs: 'Chair' }];
    expect(await put({ ...form, role: 'Founder', $base: form })).toMatchObject({ status: 409, body: { conflicts } });
    expect(await get()).toMatchObject({ role: 'Chair' });
  });

  it('writes nothing when nothing has changed, after', async () => {
    await start('after.js');
    const form = await get();
    expect(await put({ ...form, ...forged, $base: form })).toMatchObject({ status: 200, outcome: 'unchanged' });
    expect(await get()).toEqual(form);
  });

  it('merges the save of a client that sends back the ETag of the form instead of a base, after', async () => {
    await start('after.js');
    const { body: form, etag } = await send(app, path);
    await put({ ...form, role: 'CIO', $base: form });
    await send(app, path, { ...form, phone: '99' }, { 'if-match': String(etag) });
    expect(await get()).toMatchObject({ role: 'CIO', phone: '99' });
  });

  it('is a whole program in fifteen lines', async () => {
    await start('whole.js');
    const form = await get();
    await put({ ...form, role: 'CIO', $base: form });
    await put({ ...form, phone: '99', employeeId: 'forged', $base: form });
    expect(await get()).toEqual({ ...form, role: 'CIO', phone: '99' });
  });
});
