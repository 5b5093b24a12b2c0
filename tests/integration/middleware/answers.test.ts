import { notifyFrontend, smartMerge } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { expresses, serveRoute, type Mount, type Served } from './serveRoute.ts';

const path = '/api/team/m1';

describe.each(expresses)('the answers that smartMerge gives itself on Express %s', (_version, express) => {
  const running: Served[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  async function serve(mount: (mounted: Mount) => void, options?: { parses: boolean }): Promise<Served> {
    const served = await serveRoute(express, mount, options);
    running.push(served);
    return served;
  }

  it('show of the stored record what the view shows', async () => {
    const served = await serve(({ app, load, store }) =>
      app.put(
        '/api/team/:id',
        smartMerge({
          resource: 'team',
          load,
          view: ({ id, name }, request) =>
            request.get('x-name') === 'nobody' ? null : { id: id ?? null, name: name ?? null },
        }),
        store,
      ),
    );
    const unchanged = await served.put(path, { name: 'Camille' });
    expect([unchanged.status, await unchanged.json()]).toEqual([
      200,
      { id: 'm1', name: 'Camille', $receipt: expect.objectContaining({ outcome: 'unchanged' }) },
    ]);
    const collision = { $base: { name: 'Old', role: 'Old' }, name: 'N', role: 'R' };
    const conflict = (await (await served.put(path, collision)).json()) as Record<string, unknown>;
    expect(conflict).toMatchObject({ code: 'CONFLICT', current: { id: 'm1', name: 'Camille' } });
    expect(conflict['conflicts']).toContainEqual(expect.objectContaining({ path: '/name', theirs: 'Camille' }));
    expect(JSON.stringify(conflict)).not.toMatch(/CTO|E-1/);
    const hidden = await (await served.put(path, collision, { 'x-name': 'nobody' })).text();
    expect(hidden).toContain('CONFLICT');
    expect(hidden).not.toMatch(/Camille|CTO|E-1/);
    const nothing = await served.put(path, { name: 'Camille' }, { 'x-name': 'nobody' });
    expect(Object.keys((await nothing.json()) as object)).toEqual(['$receipt']);
  });

  it('are the record as it is without a view', async () => {
    const served = await serve(({ app, load, store }) =>
      app.put('/api/team/:id', smartMerge({ resource: 'team', load }), store),
    );
    expect(await (await served.put(path, { name: 'Camille' })).json()).toMatchObject({
      role: 'CTO',
      employeeId: 'E-1',
    });
  });

  it('are 403 for a save that asks for silence, unless allowSilent says yes', async () => {
    const served = await serve(({ app, at, load, store }) => {
      const allowSilent = (request: { get(name: string): string | undefined }) => request.get('x-name') === 'chief';
      app.put('/api/team/:id', smartMerge({ resource: 'team', load, allowSilent }), notifyFrontend(at.sync), store);
      app.put('/plain/:id', smartMerge({ resource: 'team', load }), notifyFrontend(at.sync), store);
    });
    const silence = { prefer: 'notify=none' };
    for (const [at, headers, status] of [
      ['/plain/m1', silence, 403],
      ['/plain/m1', {}, 200],
      [path, silence, 403],
      [path, { ...silence, 'x-name': 'chief' }, 200],
    ] as const)
      expect((await served.put(at, { role: `${at} ${status}` }, headers)).status).toBe(status);
  });

  it('of a body parser become problems of the catalogue in problemHandler', async () => {
    const served = await serve(({ app, load, store }) =>
      app.put('/api/team/:id', smartMerge({ resource: 'team', load }), store),
    );
    const broken = await served.put(path, '{');
    expect([broken.status, broken.headers.get('content-type'), await broken.json()]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
      expect.objectContaining({ code: 'BODY_NOT_JSON' }),
    ]);
    const large = await served.put(path, { name: 'x'.repeat(200_000) });
    expect([large.status, await large.json()]).toEqual([413, expect.objectContaining({ code: 'BODY_TOO_LARGE' })]);
  });

  it('leave an error of the own handler to the own error handler', async () => {
    const served = await serve(({ app }) => {
      app.put('/api/team/:id', () => decodeURIComponent('%'));
    });
    expect((await served.put(path, {})).status).toBe(500);
  });
});
