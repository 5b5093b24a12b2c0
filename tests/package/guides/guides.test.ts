import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { startTestDatabase } from '../../helpers/postgres.ts';
import type { RunningApp } from '../runApp.ts';
import { send } from './guideClient.ts';
import { guideCases } from './guideCases.ts';
import type { GuideDatabase } from './guideDatabase.ts';
import type { GuideProject } from './guideProject.ts';
import { installPrisma } from './installPrisma.ts';
import { startMongoServer } from './mongoServer.ts';

const packed = inject('packedPackage');
const postgres = await startTestDatabase();
const mongo = await startMongoServer();
const prisma = await installPrisma(packed.tarball);
const guides = guideCases({ packed: packed.express5, postgres, mongo, prisma });

afterAll(async () => {
  if ('project' in prisma) await prisma.project.remove();
  await mongo.stop();
  await postgres?.stop();
});

describe.each(guides)('the guide for $name on $behind', (guide) => {
  const { forged } = guide;
  const reason = guide.missing ? ` (not run here: ${guide.missing})` : '';
  let project: GuideProject;
  let database: GuideDatabase;
  let path: string;
  const apps: RunningApp[] = [];
  const start = async (file: string, environment = database.environment): Promise<RunningApp> => {
    const app = await project.start(file, environment);
    apps.push(app);
    return app;
  };
  const stopAll = () => Promise.all(apps.splice(0).map((app) => app.stop()));
  const get = async (app: RunningApp) => (await send(app, path)).body;
  const put = (app: RunningApp, body: object) => send(app, path, body);

  beforeAll(async () => {
    if (!guide.missing) [project, database] = await guide.open();
  });
  afterAll(async () => {
    if (guide.missing) return;
    await stopAll();
    await database.close();
    await project.remove();
  });
  beforeEach(async () => {
    if (!guide.missing) path = `/api/team/${await database.reset()}`;
  });

  describe.skipIf(guide.missing)(`before${reason}`, () => {
    afterAll(stopAll);

    it('loses the edit of the first admin and stores what nobody may change', async () => {
      const app = await start('before.js');
      const form = await get(app);
      expect((await put(app, { ...form, role: 'CIO' })).status).toBe(200);
      expect((await put(app, { ...form, phone: '99', ...forged })).status).toBe(200);
      expect(await get(app)).toMatchObject({ role: 'CTO', phone: '99', ...forged });
    });
  });

  describe.skipIf(guide.missing)(`after${reason}`, () => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await start('after.js');
    });
    afterAll(stopAll);

    it('keeps the edits of two admins who saved the form that both had loaded, also inside of one field', async () => {
      const form = await get(app);
      const address = form['address'] as object;
      const saves = [
        await put(app, { ...form, role: 'CIO', address: { ...address, city: 'Paris' }, $base: form }),
        await put(app, { ...form, phone: '99', address: { ...address, street: 'Rue B' }, $base: form }),
      ];
      expect(saves.map(({ status, body }) => ({ status, body }))).toMatchObject([{ status: 200 }, { status: 200 }]);
      const edits = { role: 'CIO', phone: '99', address: { city: 'Paris', street: 'Rue B' } };
      expect(await get(app)).toMatchObject({ ...edits, name: 'Camille' });
    });

    it('keeps what nobody may change, with a base and without', async () => {
      const form = await get(app);
      const stored = await database.read();
      expect((await put(app, { ...form, ...forged, role: 'CIO', $base: form })).status).toBe(200);
      expect((await put(app, { ...forged, phone: '99' })).status).toBe(200);
      expect(await get(app)).toMatchObject({ role: 'CIO', phone: '99' });
      const now = await database.read();
      const edited = ['role', 'phone', ...guide.touched];
      expect(without(now, edited)).toEqual(without(stored, edited));
    });

    it('answers 409 with both values when the same field was saved in between, and writes nothing', async () => {
      const form = await get(app);
      await put(app, { ...form, role: 'Chair', $base: form });
      const stored = await database.read();
      expect(await put(app, { ...form, role: 'Founder', phone: '99', $base: form })).toMatchObject({
        status: 409,
        body: {
          code: 'CONFLICT',
          conflicts: [{ path: '/role', base: 'CTO', mine: 'Founder', theirs: 'Chair' }],
          current: { role: 'Chair' },
        },
      });
      expect(await database.read()).toEqual(stored);
    });

    it('ends a conflict in one round trip, with the answer as the base', async () => {
      const form = await get(app);
      await put(app, { ...form, role: 'Chair', $base: form });
      const { body } = await put(app, { ...form, role: 'Founder', $base: form });
      expect((await put(app, { role: 'Founder', $base: body['current'] })).status).toBe(200);
      expect(await get(app)).toMatchObject({ role: 'Founder' });
    });

    it('writes nothing when nothing has changed', async () => {
      const form = await get(app);
      const stored = await database.read();
      expect(await put(app, { ...form, $base: form })).toMatchObject({ status: 200, outcome: 'unchanged' });
      expect(await put(app, { ...form, ...forged })).toMatchObject({ status: 200, outcome: 'unchanged' });
      expect(await database.read()).toEqual(stored);
    });

    it('leaves every type that JSON does not have as it was in the database, to the letter', async () => {
      const stored = await database.read();
      const form = await get(app);
      expect((await put(app, { ...form, name: 'Camille B.', $base: form })).status).toBe(200);
      expect(without(await database.read(), ['name', ...guide.touched])).toEqual(
        without(stored, ['name', ...guide.touched]),
      );
    });

    it.each(Object.entries(guide.typed))('stores an edit of %s in its type', async (name, [sent, result]) => {
      const form = await get(app);
      expect(await put(app, { ...form, [name]: sent, $base: form })).toMatchObject({ status: 200 });
      expect((await database.read())[guide.columns[name] ?? name]).toBe(result);
    });

    it('merges the save of a client that sends back the ETag of the form instead of a base', async () => {
      const { body: form, etag } = await send(app, path);
      await put(app, { ...form, role: 'CIO', $base: form });
      expect((await send(app, path, { ...form, phone: '99' }, { 'if-match': String(etag) })).status).toBe(200);
      expect(await get(app)).toMatchObject({ role: 'CIO', phone: '99' });
    });

    it('empties a field', async () => {
      const form = await get(app);
      expect((await put(app, { ...form, phone: null, $base: form })).status).toBe(200);
      expect(await get(app)).toMatchObject({ phone: null });
    });
  });

  describe.skipIf(guide.missing)(`two processes${reason}`, () => {
    let slow: RunningApp;
    let fast: RunningApp;
    afterAll(stopAll);

    /** The slow process has loaded and merged, and what it sends to the database waits until the fast one has saved. */
    async function race(late: object, early: object): Promise<readonly [number, number]> {
      const form = await get(slow);
      const held = database.gate.hold(guide.statement);
      const saving = put(slow, { ...form, ...late, $base: form });
      await held.arrived;
      const saved = await put(fast, { ...form, ...early, $base: form });
      held.release();
      return [(await saving).status, saved.status];
    }

    describe('with `save` and an expected version', () => {
      beforeAll(async () => {
        slow = await start('processes.js', database.gatedEnvironment);
        fast = await start('processes.js');
      });

      it('merge again with what the other one has saved in between', async () => {
        expect(await race({ role: 'CIO' }, { phone: '99' })).toEqual([200, 200]);
        expect(await get(slow)).toMatchObject({ role: 'CIO', phone: '99' });
      });

      it('answer 409 when the other one has changed the same field', async () => {
        expect(await race({ role: 'CIO' }, { role: 'Chair' })).toEqual([409, 200]);
        expect(await get(slow)).toMatchObject({ role: 'Chair' });
      });

      it('keep types and protected fields, to the letter', async () => {
        const stored = await database.read();
        const form = await get(slow);
        expect((await put(slow, { ...form, ...forged, name: 'Camille B.', $base: form })).status).toBe(200);
        const changed = ['name', 'version', '__v', ...guide.touched];
        expect(without(await database.read(), changed)).toEqual(without(stored, changed));
      });

      it.each(Object.entries(guide.typed))('store an edit of %s in its type', async (name, [sent, result]) => {
        const form = await get(slow);
        expect(await put(slow, { ...form, [name]: sent, $base: form })).toMatchObject({ status: 200 });
        expect((await database.read())[guide.columns[name] ?? name]).toBe(result);
      });

      it('answer 404 where there is no record', async () => {
        expect((await send(slow, guide.nobody, { name: 'Nobody' })).status).toBe(404);
      });
    });

    describe('without `save`', () => {
      beforeAll(async () => {
        await stopAll();
        slow = await start('after.js', database.gatedEnvironment);
        fast = await start('after.js');
      });

      it('keep edits of different fields, and lose the faster one of the same field or object without a word', async () => {
        const { address } = await get(fast);
        expect(await race({ role: 'CIO' }, { phone: '99' })).toEqual([200, 200]);
        expect(await get(slow)).toMatchObject({ role: 'CIO', phone: '99' });
        expect(await race({ role: 'Founder' }, { role: 'Chair' })).toEqual([200, 200]);
        expect(await get(slow)).toMatchObject({ role: 'Founder' });
        const inOneObject = [{ city: 'Paris' }, { street: 'Rue B' }].map((edit) => ({
          address: { ...(address as object), ...edit },
        }));
        expect(await race(inOneObject[0] ?? {}, inOneObject[1] ?? {})).toEqual([200, 200]);
        expect(await get(slow)).toMatchObject({ address: { city: 'Paris', street: 'Rue A' } });
      });
    });
  });
});

function without(fields: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
