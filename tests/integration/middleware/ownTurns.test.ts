import { smartMerge, syncEtag } from 'backoffice-sync';
import express4 from 'express4';
import express5, { type Request, type Response as Answer } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gate, moment, serveRoute, type Mount, type Row, type Served } from './serveRoute.ts';

/** Far beyond the deadline of a test: whatever waits for it fails. */
const never = 300_000;

describe.each([
  ['5', express5],
  ['4.22', express4],
] as const)('the turns of one request on Express %s', (_version, express) => {
  const running: Served[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  async function serve(mount: (mounted: Mount) => void): Promise<Served> {
    const served = await serveRoute(express, mount);
    running.push(served);
    return served;
  }
  const json = async (answer: Promise<Response>) => (await (await answer).json()) as Row;

  it('two smartMerges of one record in one request do not wait for each other, and both protect', async () => {
    const served = await serve(({ app, load, store }) => {
      app.use(
        smartMerge({ resources: { '/api/team/:id': { resource: 'team', load, preserve: ['role'] } }, lockTimeoutMs: never }),
      );
      const schema = z.looseObject({ name: z.string().max(10) });
      app.put('/api/team/:id', smartMerge({ resource: 'team', load, preserve: ['phone'], schema, base: 'required', lockTimeoutMs: never }), store);
    }); // prettier-ignore
    served.rows.set('m1', { id: 'm1', name: 'Camille', role: 'CTO', phone: '0', note: 'x' });
    const sent = {
      name: 'Camille D',
      role: 'mine',
      phone: 'mine',
      $unset: ['/note'],
      $base: { name: 'Camille', phone: '0', note: 'x' },
    };
    expect(await json(served.put('/api/team/m1', sent))).toEqual({ id: 'm1', name: 'Camille D', role: 'CTO', phone: '0' }); // prettier-ignore
    const long = await json(served.put('/api/team/m1', { name: 'x'.repeat(11), $base: { name: 'Camille D' } }));
    expect(long).toMatchObject({ status: 422, code: 'INVALID' });
    expect(served.rows.get('m1')).toEqual({ id: 'm1', name: 'Camille D', role: 'CTO', phone: '0' });
  });

  it('the receipt of the second smartMerge of a request still says what the first one did', async () => {
    const receipts: unknown[] = [];
    const served = await serve(({ app, load, store }) =>
      app.put(
        '/api/team/:id',
        smartMerge({ resource: 'team', load, preserve: ['role'], lockTimeoutMs: never }),
        smartMerge({ resource: 'team', load, preserve: ['phone'], body: 'changes', lockTimeoutMs: never }),
        (request: Request, _response: Answer, next) => {
          receipts.push([request.merge?.receipt, request.merge?.base, request.body]);
          request.body = request.merge?.merged;
          next();
        },
        store,
      ),
    );
    served.rows.set('m1', { id: 'm1', name: 'Camille', role: 'CTO', phone: 'new', note: 'theirs' });
    const sent = { name: 'Camille D', role: 'mine', phone: 'mine', note: 'x', $base: { name: 'Camille', role: 'CTO', phone: 'new', note: 'x' } }; // prettier-ignore
    expect((await served.put('/api/team/m1', sent)).status).toBe(200);
    expect(receipts).toEqual([
      [
        {
          outcome: 'saved',
          fields: [
            { path: '/name', status: 'applied' },
            { path: '/note', status: 'merged' },
            { path: '/role', status: 'kept' },
            { path: '/phone', status: 'kept' },
          ],
        },
        sent.$base,
        { name: 'Camille D' },
      ],
    ]);
  });

  it.each([
    ['base: required', { base: 'required' as const }, {}, 428],
    ['ifMatch: strict', { ifMatch: 'strict' as const }, { 'if-match': 'old' }, 412],
  ])(
    'the second smartMerge of a request with %s asks what the client said',
    async (_name, options, headers, status) => {
      const served = await serve(({ app, load, store }) => {
        app.get('/api/team/:id', (request: Request, response: Answer) => {
          const row = load(request) ?? {};
          syncEtag(response, 'team', row);
          response.json(row);
        });
        const first = smartMerge({ resource: 'team', load, lockTimeoutMs: never });
        app.put(
          '/api/team/:id',
          first,
          smartMerge({ resource: 'team', load, lockTimeoutMs: never, ...options }),
          store,
        );
      });
      const etag = (await served.get('/api/team/m1')).headers.get('etag') ?? '';
      served.rows.set('m1', { ...served.rows.get('m1'), role: 'CEO' });
      const now = (await served.get('/api/team/m1')).headers.get('etag') ?? '';
      const said = (tag: string): Record<string, string> => ('if-match' in headers ? { 'if-match': tag } : {});
      expect((await served.put('/api/team/m1', { name: 'A' }, said(etag))).status).toBe(status);
      expect(served.rows.get('m1')).toMatchObject({ name: 'Camille' });
      const based = { name: 'A', ...('if-match' in headers ? {} : { $base: { name: 'Camille' } }) };
      expect((await served.put('/api/team/m1', based, said(now))).status).toBe(200);
      expect(served.rows.get('m1')).toMatchObject({ name: 'A', role: 'CEO' });
    },
  );

  it('what the first smartMerge of a request has stored is not merged again', async () => {
    const served = await serve(({ app, load, rows }) => {
      const save = (merged: object) => {
        rows.set('m1', { ...(merged as Row), version: 2 });
        return merged;
      };
      const merges = [{ save }, {}].map((more) =>
        smartMerge({ resource: 'team', load, lockTimeoutMs: never, ...more }),
      );
      app.put('/api/team/:id', ...merges, (request: Request, response: Answer) => {
        response.json({ outcome: request.merge?.receipt.outcome, stored: rows.get('m1') });
      });
    });
    const answer = await json(served.put('/api/team/m1', { name: 'A', $base: { name: 'Camille' } }));
    expect(answer).toMatchObject({ outcome: 'saved', stored: { name: 'A', version: 2 } });
  });

  it('a client that leaves while it waits for the turn of the record itself gives the turn of its address back', async () => {
    const row = { id: 1, name: 'Camille', phone: '0' };
    const slow = gate();
    const served = await serve(({ app }) => {
      const load = (request: Request) => {
        served.moments.emit(`loaded ${request.get('x-name') ?? ''}`);
        return Number(request.params['id']) === 1 ? structuredClone(row) : null;
      };
      app.put('/api/team/:id', smartMerge({ resource: 'team', load, lockTimeoutMs: never }), async (request: Request, response: Answer) => {
        served.moments.emit(`entered ${request.get('x-name') ?? ''}`);
        if (request.get('x-name') === 'A') await slow.opened;
        Object.assign(row, request.body);
        response.json(row);
      });
    }); // prettier-ignore
    const isIn = new Promise((resolve) => served.moments.once('entered A', resolve));
    const first = served.put('/api/team/01', { name: 'A' }, { 'x-name': 'A' });
    await isIn;
    const cut = new AbortController();
    const loaded = new Promise((resolve) => served.moments.once('loaded B', resolve));
    const left = moment(served, 'left', 'B');
    const waiting = served.put('/api/team/1', { name: 'B' }, { 'x-name': 'B' }, cut.signal).catch(() => null);
    await loaded;
    cut.abort();
    await Promise.all([left, waiting]);
    slow.open();
    expect((await first).status).toBe(200);
    expect(await json(served.put('/api/team/1', { phone: 'C' }, { 'x-name': 'C' }))).toEqual({ id: 1, name: 'A', phone: 'C' }); // prettier-ignore
  });

  it('a request that merges two records takes the own turn of each', async () => {
    const row = { id: 1, name: 'Camille', phone: '0' };
    const slow = gate();
    const served = await serve(({ app }) => {
      const member = (request: Request) => (Number(request.params['id']) === 1 ? structuredClone(row) : null);
      const settings = smartMerge({
        resource: 'settings',
        load: () => ({ id: 'main', name: 'TRU' }),
        id: () => 'main',
        lockTimeoutMs: never,
      });
      const protect = smartMerge({ resource: 'team', load: member, lockTimeoutMs: never });
      const store = async (request: Request, response: Answer) => {
        served.moments.emit(`entered ${request.get('x-name') ?? ''}`);
        if (request.get('x-name') === 'A') await slow.opened;
        if (request.get('x-name') !== 'other') Object.assign(row, request.body);
        response.json(row);
      };
      app.put('/both/:id', settings, protect, store);
      app.put('/api/team/:id', protect, store);
    });
    const isIn = new Promise((resolve) => served.moments.once('entered A', resolve));
    const first = served.put('/both/01', { name: 'A' }, { 'x-name': 'A' });
    await isIn;
    const arrived = moment(served, 'arrived', 'B');
    const second = served.put('/api/team/1', { phone: 'B', $base: { phone: '0' } }, { 'x-name': 'B' });
    await arrived;
    // Another save from beginning to end: by then B waits.
    expect((await served.put('/api/team/2', { name: 'x' }, { 'x-name': 'other' })).status).toBe(200);
    slow.open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(row).toMatchObject({ id: 1, name: 'A', phone: 'B' });
  });

  it('a save whose address leads to another record by the time of its turn waits for that one too', async () => {
    const rows: Record<string, Row> = { '1': { id: '1', name: 'a' }, '2': { id: '2', name: 'b', phone: '0' } };
    const gates: Record<string, ReturnType<typeof gate>> = { A: gate(), C: gate() };
    let slug = '1';
    const served = await serve(({ app }) => {
      const load = (request: Request) => {
        served.moments.emit(`loaded ${request.get('x-name') ?? ''}`);
        const id = String(request.params['id']);
        return structuredClone(rows[id === 'slug' ? slug : id] ?? null);
      };
      app.put('/api/team/:id', smartMerge({ resource: 'team', load, lockTimeoutMs: never }), async (request: Request, response: Answer) => {
        const name = request.get('x-name') ?? '';
        served.moments.emit(`entered ${name}`);
        await gates[name]?.opened;
        if (name === 'A') slug = '2';
        const body = request.body as Row;
        if (name !== 'other') rows[String(body['id'])] = body;
        response.json(body);
      });
    }); // prettier-ignore
    const on = (moment: string) => new Promise((resolve) => served.moments.once(moment, resolve));
    const inside = [on('entered A'), on('entered C')];
    const first = served.put('/api/team/1', { name: 'A' }, { 'x-name': 'A' });
    const third = served.put('/api/team/2', { name: 'C', $base: { name: 'b' } }, { 'x-name': 'C' });
    await Promise.all(inside);
    const loaded = on('loaded B');
    const second = served.put('/api/team/slug', { phone: 'B', $base: { phone: '0' } }, { 'x-name': 'B' });
    await loaded;
    const again = on('loaded B');
    gates['A']?.open();
    await Promise.all([first, again]);
    // A save of the first record from beginning to end, whose turn B has given back: by then B waits for C.
    expect((await served.put('/api/team/1', { name: 'x' }, { 'x-name': 'other' })).status).toBe(200);
    gates['C']?.open();
    expect([(await first).status, (await second).status, (await third).status]).toEqual([200, 200, 200]);
    expect(rows['2']).toEqual({ id: '2', name: 'C', phone: 'B' });
  });
});
