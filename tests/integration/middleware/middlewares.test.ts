import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5, { type Express } from 'express';
import express4 from 'express4';
import { notifyFrontend, problemHandler, smartMerge, validateChanges } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

interface Member {
  id: string;
  name: string;
  role: string;
  phone?: string;
  createdAt: string;
  joinDate: string;
  employeeId: string;
  updatedAt?: string;
}

const schema = z.object({
  id: z.string(),
  name: z.string().min(1),
  role: z.string(),
  phone: z.string().optional(),
  createdAt: z.string(),
  joinDate: z.string(),
  employeeId: z.string(),
  updatedAt: z.string().optional(),
});
const member = (): Member => ({
  id: 'm1',
  name: 'Camille',
  role: 'CTO',
  phone: '0',
  createdAt: '2020',
  joinDate: '2020-01-01',
  employeeId: 'E-1',
  updatedAt: '2020',
});

const expresses = [
  ['5', express5],
  ['4.22', express4],
] as const;

describe.each(expresses)('the middlewares on an own route of Express %s', (_version, express) => {
  const running: Server[] = [];
  const started: Started[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    for (const one of started.splice(0)) await one.stop();
  });

  async function serve(mount: (app: Express, members: Member[], sync: Started['sync']) => void) {
    const at = await startSync();
    started.push(at);
    const members = [member()];
    const app = express();
    app.use(express.json());
    mount(app, members, at.sync);
    app.use(problemHandler());
    const server = createServer(app);
    running.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const put = (body: unknown, headers: Record<string, string> = {}, method = 'PUT', path = '/api/team/m1') =>
      fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    return { put, members, at };
  }

  const load = (members: Member[]) => (request: { params: Record<string, string | string[]> }) =>
    members.find((one) => one.id === request.params['id']) ?? null;
  const replace =
    (members: Member[]) =>
    (
      request: { params: Record<string, string | string[]>; body: unknown },
      response: { json(body: unknown): unknown },
    ) => {
      const index = members.findIndex((one) => one.id === request.params['id']);
      members[index] = request.body as Member;
      response.json(members[index]);
    };
  const protect = (app: Express, members: Member[], sync: Started['sync']) =>
    app.put(
      '/api/team/:id',
      smartMerge({ resource: 'team', load: load(members), preserve: ['createdAt', 'joinDate', 'employeeId'] }),
      validateChanges(schema),
      notifyFrontend(sync),
      replace(members),
    );

  it('keeps absent and protected fields of a whole-form PUT', async () => {
    const { put, members } = await serve(protect);
    await put({ name: 'Camille R.', employeeId: 'forged', createdAt: 'forged', joinDate: 'forged' });
    expect(members[0]).toMatchObject({
      name: 'Camille R.',
      role: 'CTO',
      phone: '0',
      employeeId: 'E-1',
      createdAt: '2020',
      joinDate: '2020-01-01',
    });
    expect(members[0]?.updatedAt).not.toBe('2020');
  });

  it('merges two forms that were loaded at the same time, and answers 409 for the same field', async () => {
    const { put, members } = await serve(protect);
    const [one, two] = await Promise.all([
      put({ name: 'N', $base: { name: 'Camille' } }),
      put({ role: 'R', $base: { role: 'CTO' } }),
    ]);
    expect([one?.status, two?.status]).toEqual([200, 200]);
    expect(members[0]).toMatchObject({ name: 'N', role: 'R' });
    const late = await put({ role: 'Late', $base: { role: 'CTO' } });
    expect([late.status, await late.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'CONFLICT', current: expect.objectContaining({ role: 'R' }) }),
    ]);
    expect(members[0]?.role).toBe('R');
  });

  it('takes the saves of one record one at a time, also when storing takes a while', async () => {
    let inside = 0;
    let most = 0;
    const { put, members } = await serve((app, list, sync) =>
      app.put(
        '/api/team/:id',
        smartMerge({ resource: 'team', load: load(list) }),
        notifyFrontend(sync),
        (request, response) => {
          most = Math.max(most, ++inside);
          setImmediate(() => {
            inside -= 1;
            list[0] = request.body as Member;
            response.json(list[0]);
          });
        },
      ),
    );
    await Promise.all(Array.from({ length: 20 }, (_, index) => put({ [`field${index}`]: index, $base: {} })));
    expect(most).toBe(1);
    expect(Object.keys(members[0] ?? {}).filter((name) => name.startsWith('field'))).toHaveLength(20);
  });

  it('answers 200 unchanged without calling the handler when nothing changes', async () => {
    let calls = 0;
    const { put, at } = await serve((app, list, sync) =>
      app.put(
        '/api/team/:id',
        smartMerge({ resource: 'team', load: load(list) }),
        notifyFrontend(sync),
        (_request, response) => void response.json({ calls: ++calls }),
      ),
    );
    const before = at.sync;
    const answer = await put({ name: 'Camille', employeeId: 'forged' });
    expect([answer.status, answer.headers.get('sync-outcome'), calls]).toEqual([200, 'unchanged', 0]);
    expect(await before.records('team').get('m1')).toMatchObject({ version: 1 });
  });

  it.each(['before', 'after'])(
    'never lets an invalid record through when validation is mounted %s the merge',
    async (order) => {
      const { put, members } = await serve((app, list) => {
        const merge = smartMerge({ resource: 'team', load: load(list) });
        const validate = validateChanges(schema);
        app.put('/api/team/:id', ...(order === 'before' ? [validate, merge] : [merge, validate]), replace(list));
      });
      const bad = await put({ name: '' });
      expect([bad.status, await bad.json()]).toEqual([
        422,
        expect.objectContaining({ code: 'INVALID', errors: [expect.objectContaining({ path: '/name' })] }),
      ]);
      expect((await put({ role: 'CEO' })).status).toBe(200);
      expect(members[0]).toMatchObject({ name: 'Camille', role: 'CEO' });
    },
  );

  it('protects many routes at once with app.use', async () => {
    const { put, members } = await serve((app, list, sync) => {
      const find = (_request: unknown, params: Readonly<Record<string, string>>) =>
        list.find((one) => one.id === params['id']) ?? null;
      app.use(
        smartMerge({ resources: { '/api/team/:id': { resource: 'team', load: find, schema } } }),
        notifyFrontend(sync),
      );
      app.put('/api/team/:id', replace(list));
    });
    expect((await put({ name: '' })).status).toBe(422);
    await put({ role: 'CEO', employeeId: 'forged' });
    expect(members[0]).toMatchObject({ name: 'Camille', role: 'CEO', employeeId: 'E-1' });
  });

  it('tells the log what the route stored, after it answered, and not what it refused', async () => {
    const { put, at } = await serve(protect);
    const follow = await fetch(`${at.url}/api/sync/stream?resources=team`);
    const reader = follow.body?.getReader();
    await put({ name: '' });
    await put({ name: 'Told', $base: { name: 'Camille' } });
    let text = '';
    while (!text.includes('Told')) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(text).toContain('"operation":"updated"');
    expect(text).not.toContain('E-1');
  });

  it('asks for a base when that is required, and accepts If-Match: *', async () => {
    const { put } = await serve((app, list) =>
      app.put('/api/team/:id', smartMerge({ resource: 'team', load: load(list), base: 'required' }), replace(list)),
    );
    expect((await put({ name: 'N' })).status).toBe(428);
    expect((await put({ name: 'N' }, { 'if-match': '*' })).status).toBe(200);
  });

  it('saves by itself and merges again when another process was faster', async () => {
    let races = 2;
    const { put, members } = await serve((app, list) =>
      app.put(
        '/api/team/:id',
        smartMerge({
          resource: 'team',
          load: load(list),
          version: 'phone',
          save: (merged, { expectedVersion }) => {
            if (races-- > 0) list[0] = { ...(list[0] as Member), phone: String(races), role: 'by another process' };
            if (list[0]?.phone !== expectedVersion) return null;
            list[0] = merged as unknown as Member;
            return merged;
          },
        }),
        (request, response) => void response.json(request.merge?.saved),
      ),
    );
    expect(await (await put({ name: 'N', $base: { name: 'Camille' } })).json()).toMatchObject({
      name: 'N',
      role: 'by another process',
    });
    expect(members[0]).toMatchObject({ name: 'N', role: 'by another process', phone: '0' });
  });

  it('gives only the changed fields to a handler that asks for them, and keeps native dates', async () => {
    const joined = new Date('2020-01-01T00:00:00.000Z');
    let body: unknown;
    let merged: unknown;
    const { put } = await serve((app) =>
      app.put(
        '/api/team/:id',
        smartMerge({ resource: 'other', load: () => ({ id: 'm1', name: 'A', role: 'B', joined }), body: 'changes' }),
        (request, response) => {
          body = request.body;
          merged = request.merge?.merged;
          response.json({});
        },
      ),
    );
    await put({ name: 'N', joined: joined.toISOString() });
    expect(body).toEqual({ name: 'N' });
    expect(merged).toMatchObject({ name: 'N', role: 'B' });
    expect((merged as { joined: unknown }).joined).toBe(joined);
  });

  it('passes errors that are not its own on, and a route whose record is missing to its handler', async () => {
    const { put } = await serve((app, list) => {
      app.put(
        '/api/team/:id',
        smartMerge({ resource: 'team', load: () => Promise.reject(new Error('database is away')) }),
        replace(list),
      );
      app.put(
        '/api/missing',
        smartMerge({ resource: 'team', load: () => null }),
        (_request, response) => void response.status(404).json({ own: true }),
      );
      app.use(
        (
          error: Error,
          _request: unknown,
          response: { status(code: number): { json(body: unknown): void } },
          _next: unknown,
        ) => response.status(502).json({ own: error.message }),
      );
    });
    expect(await (await put({ name: 'N' })).json()).toEqual({ own: 'database is away' });
    expect(await (await put({ name: 'N' }, {}, 'PUT', '/api/missing')).json()).toEqual({ own: true });
  });
});

describe('the options of the middlewares', () => {
  it('stop the start when one is not known, and name the nearest', () => {
    expect(() => smartMerge({ resource: 'team', load: () => null, preserv: [] } as never)).toThrow(
      /preserv.*Did you mean "preserve"/,
    );
    expect(() => validateChanges({} as never)).toThrow(/schema/);
    expect(() => notifyFrontend({} as never)).toThrow(/sync/);
  });
});
