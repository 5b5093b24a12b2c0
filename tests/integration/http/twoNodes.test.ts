import { randomBytes } from 'node:crypto';
import { defineResource, postgresStore } from 'backoffice-sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const services = defineResource({
  name: 'services',
  public: ['title'],
  schema: z.object({
    title: z.string(),
    text: z.string().optional(),
    views: z.number().int().default(0),
    notes: z.array(z.object({ id: z.string() })).default([]),
  }),
  appendOnly: ['notes'],
});

const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)('two nodes on PostgreSQL', () => {
  const nodes: Started[] = [];
  const pools: { end(): Promise<void> }[] = [];
  beforeAll(async () => {
    const schema = database?.createSchemaName() ?? '';
    const secretKey = randomBytes(32).toString('base64');
    for (let node = 0; node < 2; node++) {
      const pool = database?.createPool(10);
      if (!pool) throw new Error('There is no database.');
      pools.push(pool);
      nodes.push(await startSync({ store: postgresStore({ pool, schema }), resources: [services], secretKey }));
    }
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    for (const pool of pools) await pool.end();
  });
  const on = (index: number): Started => nodes[index % 2] as Started;
  const create = (id: string) => on(0).send('POST', '/api/services', { id, title: 'one' });
  const read = async (id: string) =>
    (await (await on(1).send('GET', `/api/services/${id}`)).json()) as Record<string, unknown>;

  /** What a client does that is told to try again. */
  async function insist(send: () => Promise<Response>): Promise<Response> {
    for (;;) {
      const answer = await send();
      if (answer.status !== 503) return answer;
      expect(answer.headers.get('retry-after')).not.toBeNull();
    }
  }

  it('what a browser reports to one node, the other one knows', async () => {
    await create('reported');
    const items = [{ resource: 'services', id: 'reported', version: 1, kind: 'shown' }];
    await fetch(`${on(0).url}/api/sync/shown`, { method: 'POST', body: JSON.stringify({ items }) });
    const reach = await (await on(1).send('GET', '/api/services/reported/reach')).json();
    expect(reach).toMatchObject({ state: 'shown', browsers: { reports: 1 } });
  });

  it('the same request that arrives twelve times at once is one save, and all get its answer', async () => {
    await create('same');
    const headers = { 'idempotency-key': 'same-request' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        insist(() => on(index).send('PATCH', '/api/services/same', { title: 'two' }, headers)),
      ),
    );
    const bodies = await Promise.all(answers.map(async (answer) => (await answer.json()) as Record<string, unknown>));
    expect(bodies.map(({ version, title }) => `${String(version)} ${String(title)}`)).toEqual(Array.from({ length: 12 }, () => '2 two')); // prettier-ignore
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(await read('same')).toMatchObject({ version: 2 });
  });

  it('counts of both nodes add up', async () => {
    await create('counted');
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        insist(() =>
          on(index).send(
            'POST',
            '/api/services/counted/increment',
            { views: 1 },
            { 'idempotency-key': `view-${index}` },
          ),
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 120 }, () => 200));
    expect(await read('counted')).toMatchObject({ views: 120, version: 1 });
  });

  it('edits of different fields and additions to one list, made at once on both, all stay', async () => {
    await create('edited');
    const base = { title: 'one', notes: [] };
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const change =
          index === 0 ? { title: 'new' } : index === 1 ? { text: 'new' } : { notes: [{ id: `n${index}` }] };
        return insist(() => on(index).send('PUT', '/api/services/edited', { ...change, $base: base }));
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 24 }, () => 200));
    const { title, text, notes, version } = await read('edited');
    expect({ title, text, version }).toEqual({ title: 'new', text: 'new', version: 25 });
    expect(new Set((notes as { id: string }[]).map(({ id }) => id)).size).toBe(22);
  });
});
