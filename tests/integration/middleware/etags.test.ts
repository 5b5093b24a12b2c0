import { smartMerge, syncEtag, type MergeRoute, type SmartMerge } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { expresses, serveRoute, type Row, type Served } from './serveRoute.ts';

type Json = Record<string, unknown>;
let made = 0;
const json = async (answer: Promise<Response> | Response) => (await (await answer).json()) as Json;

describe.each(expresses)('a state of an own record as the base of a save, on Express %s', (_version, express) => {
  const running: Served[] = [];
  afterEach(async () => {
    for (const served of running.splice(0)) await served.stop();
  });
  let protect: SmartMerge;

  async function serve(options: Partial<MergeRoute> = {}): Promise<Served & { get(): Promise<Response> }> {
    const served = await serveRoute(express, ({ app, rows, load, store }) => {
      app.get('/api/team/:id', (request, response) => {
        const row = rows.get(String(request.params['id'])) as Row;
        syncEtag(response, 'team', row);
        response.json(row);
      });
      protect = smartMerge({ resource: 'team', load, ...options });
      app.put('/api/team/:id', protect, store);
    });
    running.push(served);
    const origin = await served.put('/nowhere', {}).then(({ url }) => new URL(url).origin);
    return Object.assign(served, { get: () => fetch(`${origin}/api/team/m1`) });
  }

  it('an older client that echoes the ETag merges with what was saved since', async () => {
    const served = await serve();
    const loaded = await served.get();
    const etag = loaded.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"bo1\.[\w-]{27}"$/);
    const form = await json(loaded);
    await served.put('/api/team/m1', { role: 'CIO' });
    const saved = await served.put('/api/team/m1', { ...form, name: 'Camille R.' }, { 'if-match': etag });
    expect(await json(saved)).toMatchObject({ name: 'Camille R.', role: 'CIO' });
    const conflict = await served.put('/api/team/m1', { ...form, role: 'CEO' }, { 'if-match': etag });
    expect(await json(conflict)).toMatchObject({ code: 'CONFLICT', conflicts: [{ path: '/role', base: 'CTO', mine: 'CEO', theirs: 'CIO' }] }); // prettier-ignore
    expect(protect.blindSaves()).toBe(1);
  });

  it('a tag that a proxy has made weak still names its content', async () => {
    const served = await serve();
    const etag = (await served.get()).headers.get('etag') ?? '';
    await served.put('/api/team/m1', { role: 'CIO' });
    const saved = await served.put('/api/team/m1', { name: 'C.', role: 'CTO' }, { 'if-match': `W/${etag}` });
    expect(await json(saved)).toMatchObject({ name: 'C.', role: 'CIO' });
  });

  it('a tag that is not known is answered with 412 and the record, unless the record is the one it names', async () => {
    const served = await serve();
    const known = (await served.get()).headers.get('etag') ?? '';
    expect((await served.put('/api/team/m1', { role: 'CIO' }, { 'if-match': `"other", ${known}` })).status).toBe(200);
    const gone = await served.put('/api/team/m1', { role: 'x' }, { 'if-match': '"bo1.AAAAAAAAAAAAAAAAAAAAAAAAAAA"' });
    expect(await json(gone)).toMatchObject({ status: 412, code: 'BASE_GONE', current: { role: 'CIO' } });
    expect(served.rows.get('m1')).toMatchObject({ role: 'CIO' });
  });

  it('equal records have equal tags, whatever the order of their members', async () => {
    const served = await serve();
    const first = (await served.get()).headers.get('etag');
    served.rows.set('m1', Object.fromEntries(Object.entries(served.rows.get('m1') as Row).toReversed()));
    expect((await served.get()).headers.get('etag')).toBe(first);
    served.rows.set('m1', { ...served.rows.get('m1'), role: 'other' });
    expect((await served.get()).headers.get('etag')).not.toBe(first);
  });

  it('an ETag that is not ours stays the affair of the route', async () => {
    const served = await serve();
    const saved = await served.put('/api/team/m1', { role: 'CIO' }, { 'if-match': '"their-own"' });
    expect(await json(saved)).toMatchObject({ role: 'CIO' });
  });

  it('a strict route refuses a save on an older state with 412, and shows only what the asker may see', async () => {
    const served = await serve({ ifMatch: 'strict', view: ({ name }) => ({ name }) });
    const etag = (await served.get()).headers.get('etag') ?? '';
    expect((await served.put('/api/team/m1', { role: 'CIO' }, { 'if-match': etag })).status).toBe(200);
    const stale = await json(served.put('/api/team/m1', { name: 'X' }, { 'if-match': etag }));
    expect(stale).toMatchObject({ status: 412, code: 'VERSION_CHANGED', current: { name: 'Camille' } });
    expect(stale['current']).toEqual({ name: 'Camille' });
  });

  it('a declared field of the body names the state that a form was loaded with', async () => {
    const served = await serve({ baseField: 'updatedAt' });
    served.rows.set('m1', { ...served.rows.get('m1'), updatedAt: '2026-01-01T00:00:00.000Z' });
    const form = served.rows.get('m1') as Row;
    expect((await served.put('/api/team/m1', { ...form, role: 'CIO' })).status).toBe(200);
    expect(await json(served.put('/api/team/m1', { ...form, name: 'C.' }))).toMatchObject({ name: 'C.', role: 'CIO' });
    expect(await json(served.put('/api/team/m1', { ...form, role: 'CEO' }))).toMatchObject({ code: 'CONFLICT' });
    const unknown = served.put('/api/team/m1', { ...form, updatedAt: '1999-01-01T00:00:00.000Z' });
    expect(await json(unknown)).toMatchObject({ code: 'BASE_GONE' });
    expect(protect.blindSaves()).toBe(0);
  });

  it('base: required counts a tag and a declared field as bases', async () => {
    const served = await serve({ base: 'required', baseField: 'updatedAt' });
    expect((await served.put('/api/team/m1', { role: 'CIO' })).status).toBe(428);
    const etag = (await served.get()).headers.get('etag') ?? '';
    expect((await served.put('/api/team/m1', { role: 'CIO' }, { 'if-match': etag })).status).toBe(200);
  });

  it('lists that only grow take additions alone', async () => {
    const served = await serve({ appendOnly: ['notes'] });
    served.rows.set('m1', { ...served.rows.get('m1'), notes: [{ id: 1, text: 'a' }] });
    const body = {
      notes: [
        { id: 1, text: 'forged' },
        { id: 2, text: 'b' },
      ],
    };
    const saved = await json(served.put('/api/team/m1', body));
    expect(saved['notes']).toEqual([{ id: 1, text: 'a' }, { id: 2, text: 'b' }]); // prettier-ignore
  });

  it('of two states under one name the first is the base, and updatedAt never names two', async () => {
    const served = await serve({ baseField: 'version' });
    // What was shown is kept for the whole process, so each round has a number of its own.
    const version = 100 + made++;
    served.rows.set('m1', { ...served.rows.get('m1'), version });
    // A handler that does not count.
    expect((await served.put('/api/team/m1', { version, name: 'A' })).status).toBe(200);
    const second = await json(served.put('/api/team/m1', { version, name: 'B' }));
    expect(second).toMatchObject({ code: 'CONFLICT', conflicts: [{ path: '/name', base: 'Camille', theirs: 'A' }] });
    expect((await served.put('/api/team/m1', { version, role: 'CIO' })).status).toBe(200);
    const stamped = await serve();
    stamped.rows.set('m1', { ...stamped.rows.get('m1'), updatedAt: '2099-01-01T00:00:00.000Z' });
    const saved = await json(stamped.put('/api/team/m1', { role: 'CIO' }));
    expect(saved['updatedAt']).toBe('2099-01-01T00:00:00.001Z');
  });

  it('a dry run answers what would be stored and does not reach the handler', async () => {
    const served = await serve();
    const tried = await json(served.put('/api/team/m1?dryRun=1', { role: 'CIO', employeeId: 'forged' }));
    expect(tried).toMatchObject({ role: 'CIO', employeeId: 'E-1', $receipt: { outcome: 'saved' } });
    expect(served.rows.get('m1')).toMatchObject({ role: 'CTO' });
    expect(await json(served.put('/api/team/m1?dryRun=yes', { role: 'CIO' }))).toMatchObject({ code: 'BAD_PARAMETER' });
    expect(await json(served.put('/api/team/nobody?dryRun=1', { role: 'CIO' }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
