import { notifyFrontend, smartMerge, type Sync } from 'backoffice-sync';
import type { Request, Response as Answer } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expresses, gate, moment, serveRoute, type Mount, type Row, type Served } from './serveRoute.ts';

const path = '/api/team/m1';

describe.each(expresses)('the turns of a record on Express %s', (_version, express) => {
  const running: Served[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  async function serve(mount: (mounted: Mount) => void, options?: { parses: boolean }): Promise<Served> {
    const served = await serveRoute(express, mount, options);
    running.push(served);
    return served;
  }

  /** A route whose handler waits, at each request whose `x-name` has a gate, before it stores and answers. */
  async function serveGates(gates: Record<string, ReturnType<typeof gate>>, lockTimeoutMs = 5_000) {
    const entered: string[] = [];
    const served = await serve(({ app, at, load, rows }) =>
      app.put(
        '/api/team/:id',
        smartMerge({ resource: 'team', load, lockTimeoutMs }),
        notifyFrontend(at.sync),
        async (request: Request, response: Answer) => {
          const name = request.get('x-name') ?? '';
          entered.push(name);
          served.moments.emit(`entered ${name}`);
          await gates[name]?.opened;
          rows.set(String(request.params['id']), request.body as Row);
          response.json(request.body);
        },
      ),
    );
    const hold = async (name: string, body: unknown) => {
      const cut = new AbortController();
      const isIn = new Promise((resolve) => served.moments.once(`entered ${name}`, resolve));
      const answer = served.put(path, body, { 'x-name': name }, cut.signal).catch(() => null);
      await isIn;
      return { cut, answer };
    };
    return { served, entered, hold };
  }

  it('a client that hangs up while it waits leaves the queue, and later saves get their turn', async () => {
    const slow = gate();
    const { served, entered, hold } = await serveGates({ A: slow }, 1_000);
    const first = await hold('A', { name: 'A' });
    const cut = new AbortController();
    const arrived = moment(served, 'arrived', 'B');
    const waiting = served.put(path, { role: 'B' }, { 'x-name': 'B' }, cut.signal).catch(() => null);
    await arrived;
    // Another save from beginning to end: by then B is in the queue.
    expect((await served.put('/api/team/m2', { role: 'other' })).status).toBe(200);
    const left = moment(served, 'left', 'B');
    cut.abort();
    await Promise.all([left, waiting]);
    slow.open();
    expect((await first.answer)?.status).toBe(200);
    expect((await served.put(path, { role: 'C' }, { 'x-name': 'C' })).status).toBe(200);
    expect(entered).toEqual(['A', '', 'C']);
    expect(served.rows.get('m1')).toMatchObject({ name: 'A', role: 'C' });
  });

  it('a save keeps its turn while its handler writes, also after its client hung up, and is told', async () => {
    const slow = gate();
    const { served, entered, hold } = await serveGates({ A: slow });
    const first = await hold('A', { name: 'A' });
    const left = moment(served, 'left', 'A');
    first.cut.abort();
    await left;
    const arrived = moment(served, 'arrived', 'B');
    const second = served.put(path, { role: 'B' }, { 'x-name': 'B' });
    await arrived;
    expect((await served.put('/api/team/m2', { role: 'other' })).status).toBe(200);
    expect(entered).toEqual(['A', '']);
    slow.open();
    expect((await second).status).toBe(200);
    expect(served.rows.get('m1')).toMatchObject({ name: 'A', role: 'B' });
    await vi.waitFor(async () =>
      expect(await served.at.sync.records('team').get('m1')).toMatchObject({ name: 'A', role: 'B' }),
    );
  });

  it('a change whose client hung up is told when its handler has ended with 2xx', async () => {
    const slow = gate();
    const { served, hold } = await serveGates({ A: slow });
    const first = await hold('A', { name: 'Told' });
    const left = moment(served, 'left', 'A');
    first.cut.abort();
    await left;
    slow.open();
    await vi.waitFor(async () =>
      expect(await served.at.sync.records('team').get('m1')).toMatchObject({ name: 'Told' }),
    );
  });

  it('a handler that never answers a client that left gives its turn back after lockTimeoutMs', async () => {
    const { served, hold } = await serveGates({ A: gate() }, 200);
    const first = await hold('A', { name: 'A' });
    const left = moment(served, 'left', 'A');
    first.cut.abort();
    await left;
    expect((await served.put(path, { role: 'B' })).status).toBe(200);
  });

  it('a body that is still on its way keeps nobody waiting', async () => {
    const served = await serve(
      ({ app, load, store }) =>
        app.put('/api/team/:id', smartMerge({ resource: 'team', load, lockTimeoutMs: 300 }), store),
      { parses: false },
    );
    const arrived = moment(served, 'arrived', 'slow');
    const socket = served.open(
      `PUT ${path} HTTP/1.1\r\nHost: x\r\nX-Name: slow\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    await arrived;
    expect((await served.put(path, { name: 'B' })).status).toBe(200);
    socket.destroy();
  });

  it.each(['after smartMerge', 'before smartMerge', 'alone'] as const)(
    'the last change told by notifyFrontend %s is the newest',
    async (place) => {
      const slow = gate();
      const told: unknown[] = [];
      let isSlow = false;
      const served = await serve(({ app, at, load, store }) => {
        const sync: Sync = {
          ...at.sync,
          append: async (entry) => {
            const appended = await at.sync.append(entry);
            told.push((entry as { record?: Row }).record?.['name']);
            return appended;
          },
        };
        // What was read for the first change comes late.
        const lateLoad = async (request: Request) => {
          const row = load(request);
          if (isSlow && row?.['name'] === 'first') {
            isSlow = false;
            served.moments.emit('read');
            await slow.opened;
          }
          return row;
        };
        const merge = smartMerge({ resource: 'team', load: lateLoad });
        const notify = notifyFrontend(sync, place === 'alone' ? { resource: 'team', load: lateLoad } : {});
        const before = { 'after smartMerge': [merge, notify], 'before smartMerge': [notify, merge], alone: [notify] };
        app.put('/api/team/:id', ...before[place], store);
      });
      isSlow = true;
      const read = new Promise((resolve) => served.moments.once('read', resolve));
      expect((await served.put(path, { id: 'm1', name: 'first' })).status).toBe(200);
      await read;
      const arrived = moment(served, 'arrived', 'second');
      const second = served.put(path, { id: 'm1', name: 'second' }, { 'x-name': 'second' });
      await arrived;
      expect((await served.put('/api/team/m2', { id: 'm2', name: 'other' })).status).toBe(200);
      slow.open();
      expect((await second).status).toBe(200);
      await vi.waitFor(() => expect(told).toHaveLength(3));
      expect(told.filter((name) => name !== 'other').at(-1)).toBe('second');
    },
  );

  it('two spellings of one id in the address wait for each other', async () => {
    const row = { id: 1, name: 'Camille', phone: '0' };
    const slow = gate();
    const served = await serve(({ app }) => {
      // As drivers do that look a number up.
      const load = (request: Request) => (Number(request.params['id']) === 1 ? structuredClone(row) : null);
      app.put('/api/team/:id', smartMerge({ resource: 'team', load }), async (request: Request, response: Answer) => {
        served.moments.emit(`entered ${request.get('x-name') ?? ''}`);
        if (request.get('x-name') === 'A') await slow.opened;
        Object.assign(row, request.body);
        response.json(row);
      });
    });
    const isIn = new Promise((resolve) => served.moments.once('entered A', resolve));
    const first = served.put('/api/team/1', { name: 'A', $base: { name: 'Camille' } }, { 'x-name': 'A' });
    await isIn;
    const arrived = moment(served, 'arrived', 'B');
    const second = served.put('/api/team/01', { phone: 'B', $base: { phone: '0' } }, { 'x-name': 'B' });
    await arrived;
    slow.open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(row).toEqual({ id: 1, name: 'A', phone: 'B' });
  });

  it('two records whose addresses are each other’s ids never wait in a circle', async () => {
    const rooms: Row[] = [{ id: '1', number: '2', name: 'a' }, { id: '2', number: '1', name: 'b' }]; // prettier-ignore
    const slow = gate();
    let inside = 0;
    const served = await serve(({ app }) => {
      const load = (request: Request) =>
        structuredClone(rooms.find(({ number }) => number === request.params['id']) ?? null);
      const protect = smartMerge({ resource: 'rooms', load, lockTimeoutMs: 2_000 });
      app.put('/rooms/:id', protect, async (request: Request, response: Answer) => {
        inside += 1;
        if (inside === 2) slow.open();
        await slow.opened;
        response.json(request.body);
      });
    });
    const answers = await Promise.all(['1', '2'].map((number) => served.put(`/rooms/${number}`, { name: number })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});
