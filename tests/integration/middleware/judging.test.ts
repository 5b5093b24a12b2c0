import { smartMerge, validateChanges } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expresses, serveRoute, type Mount, type Served } from './serveRoute.ts';

const schema = z
  .object({
    id: z.string(),
    name: z.string().min(1),
    role: z.string(),
    from: z.number().optional(),
    to: z.number().optional(),
  })
  .refine(({ from = 0, to = 100 }) => from <= to, 'from is after to');
const mergePatch = { 'content-type': 'application/merge-patch+json' };

/** Where the schema is, beside the merge; `changes` gives the handler the changed fields alone. */
const orders = ['before', 'after', 'in', 'after, with body changes'] as const;

const mount = (order: (typeof orders)[number]) => (mounted: Mount) => {
  const { app, load, store } = mounted;
  const isIn = order === 'in';
  const merge = smartMerge({
    resource: 'team',
    load,
    body: order === 'after, with body changes' ? 'changes' : 'merged',
    ...(isIn ? { schema } : {}),
  });
  const validate = validateChanges(schema);
  app.put('/api/team/:id', ...(isIn ? [merge] : order === 'before' ? [validate, merge] : [merge, validate]), store);
};

describe.each(expresses)('what a schema judges on Express %s', (_version, express) => {
  const running: Served[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  async function serve(set: (mounted: Mount) => void, options?: { parses: boolean }): Promise<Served> {
    const served = await serveRoute(express, set, options);
    running.push(served);
    served.rows.set('m1', { id: 'm1', name: 'Camille', role: 'CTO', from: 1, to: 2 });
    return served;
  }

  it.each([['before'], ['after']])(
    'a rule over two fields refuses a save that breaks it through the other one, and lets old records alone (%s)',
    async (order) => {
      const rule = z
        .object({ id: z.string(), name: z.string(), from: z.number(), to: z.number() })
        .refine(({ from, to }) => from <= to, { path: ['to'], message: 'to is before from' });
      const served = await serve(({ app, load, store }) => {
        const merge = smartMerge({ resource: 'team', load });
        const validate = validateChanges(rule);
        app.put('/api/team/:id', ...(order === 'before' ? [validate, merge] : [merge, validate]), store);
      });
      const bad = await served.put('/api/team/m1', { from: 9 });
      expect([bad.status, (await bad.json()).errors[0].path]).toEqual([422, '/to']);
      served.rows.set('m1', { id: 'm1', name: 'Camille', from: 9, to: 2 });
      expect((await served.put('/api/team/m1', { name: 'Camille R.' })).status).toBe(200);
    },
  );

  describe.each(orders)('with the schema %s the merge', (order) => {
    it.each([
      ['a value that is not valid', { name: '' }, {}, '/name'],
      ['a required field that is unset', { $base: { role: 'CTO' }, $unset: ['/role'] }, {}, '/role'],
      ['a required field that a merge patch removes', { role: null }, mergePatch, '/role'],
      ['fields that do not fit each other', { from: 9 }, {}, ''],
      ['fields that do not fit each other, in a merge patch', { to: null, from: 200 }, mergePatch, ''],
    ])('%s is refused and not stored', async (_title, body, headers, at) => {
      const served = await serve(mount(order));
      const answer = await served.put('/api/team/m1', body, headers);
      expect([answer.status, await answer.json()]).toEqual([
        422,
        expect.objectContaining({ code: 'INVALID', errors: [expect.objectContaining({ path: at })] }),
      ]);
      expect(served.rows.get('m1')).toEqual({ id: 'm1', name: 'Camille', role: 'CTO', from: 1, to: 2 });
    });

    it('an error at a field that the save did not touch does not refuse it', async () => {
      const served = await serve(mount(order));
      served.rows.set('m1', { id: 'm1', name: '', role: 'CTO' });
      expect((await served.put('/api/team/m1', { role: 'CEO' })).status).toBe(200);
    });

    it('a record that is not stored yet is judged as it was sent', async () => {
      const served = await serve(mount(order));
      const bad = await served.put('/api/team/new', { id: 'new', name: '', role: 'R' });
      expect([bad.status, await bad.json(), served.rows.has('new')]).toEqual([
        422,
        expect.objectContaining({ code: 'INVALID' }),
        false,
      ]);
      const good = { id: 'new', name: 'N', role: 'R' };
      expect((await served.put('/api/team/new', good)).status).toBe(200);
      expect(served.rows.get('new')).toEqual(good);
    });
  });

  it('the handler gets the fields that were sent when nothing is stored, without what speaks about the save, also without a parser', async () => {
    const served = await serve(mount('in'), { parses: false });
    const fields = { id: 'new', name: 'N', role: 'R' };
    expect((await served.put('/api/team/new', { $base: {}, ...fields })).status).toBe(200);
    expect(served.rows.get('new')).toEqual(fields);
  });

  it('a schema in front of a merge that does not take the route judges the body itself', async () => {
    const served = await serve(({ app, load, store }) =>
      app.put(
        '/api/team/:id',
        validateChanges(schema),
        smartMerge({ resources: { '/elsewhere/:id': { resource: 'team', load } } }),
        store,
      ),
    );
    expect((await served.put('/api/team/m1', { id: 'm1', name: '', role: 'R' })).status).toBe(422);
  });

  it('a schema of one method does not wait for the merge of another one of the same route', async () => {
    const served = await serve(({ app, load, store }) =>
      app
        .route('/api/team/:id')
        .patch(smartMerge({ resource: 'team', load }), store)
        .put(validateChanges(schema), store),
    );
    expect((await served.put('/api/team/m1', { id: 'm1', name: '', role: 'R' })).status).toBe(422);
  });

  it.each(['toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'isPrototypeOf'])(
    'a field called %s is a field like any other',
    async (name) => {
      const served = await serve(({ app, load, store }) =>
        app.put('/api/team/:id', smartMerge({ resource: 'team', load }), validateChanges(schema), store),
      );
      for (const body of [{ [name]: 'x' }, { [name]: 'y', $base: {} }, { [name]: 'z', $base: { [name]: 'w' } }])
        expect((await served.put('/api/team/m1', body)).status).toBeLessThan(500);
      expect(served.rows.get('m1')).toMatchObject({ name: 'Camille' });
    },
  );
});
