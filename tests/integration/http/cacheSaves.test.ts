import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { createServiceCache, CacheTTL, postgresStore, type ServiceCache } from 'backoffice-sync';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
async function start(
  options: Parameters<typeof startSync>[0] = {},
): Promise<{ started: Started; cache: ServiceCache }> {
  const cache = createServiceCache();
  const started = await startSync({ cache, ...options });
  stops.push(() => started.stop());
  return { started, cache };
}
/** What server code would compute: the roles of the team. */
const roles = ({ sync }: Started, cache: ServiceCache) =>
  cache.get(
    'team:all',
    async () => Object.fromEntries((await sync.records('team').list()).map(({ id, role }) => [String(id), role])),
    CacheTTL.LONG,
  );
const saveRole = (started: Started, id: string, role: string) =>
  started.send('PUT', `/api/team/${id}`, { role }, { 'if-match': '*' });

describe('a cache of an installation', () => {
  it('shows a save as soon as it is answered, by a route, by server code, by an import of many, and by a delete', async () => {
    const { started, cache } = await start();
    expect(await roles(started, cache)).toEqual({ m1: 'CTO' });
    expect((await saveRole(started, 'm1', 'CEO')).status).toBe(200);
    expect(await roles(started, cache)).toEqual({ m1: 'CEO' });
    await started.sync.records('team').update('m1', { role: 'COO' });
    expect(await roles(started, cache)).toEqual({ m1: 'COO' });
    await started.sync.append({ resource: 'team', id: 'm1', record: { id: 'm1', name: 'Camille', role: 'CFO' } });
    expect(await roles(started, cache)).toEqual({ m1: 'CFO' });
    await started.send('PATCH', '/api/team', [{ id: 'm1', role: 'CIO' }], { 'if-match': '*' });
    expect(await roles(started, cache)).toEqual({ m1: 'CIO' });
    await started.send('DELETE', '/api/team/m1', undefined, { 'if-match': '*' });
    expect(await roles(started, cache)).toEqual({});
  });

  it('shows a count as soon as it is answered', async () => {
    const { started, cache } = await start();
    const views = () => cache.get('services:s1', async () => (await started.sync.records('services').get('s1'))?.['views'], 60, { tags: ['services/s1'] }); // prettier-ignore
    expect(await views()).toBe(7);
    await started.sync.records('services').increment('s1', { views: 1 });
    expect(await views()).toBe(8);
  });

  it('never shows a value from before a save that was answered, with three writers and ten readers at once', async () => {
    const { started, cache } = await start();
    const ids = ['a', 'b', 'c'];
    for (const id of ids) await started.send('POST', '/api/team', { id, name: id, role: '0' });
    const answered = new Map(ids.map((id) => [id, 0]));
    // One writer a record, so that its numbers rise; readers note what was answered before they ask.
    const write = async (id: string, count: number): Promise<void> => {
      for (let n = 1; n <= count; n += 1) {
        expect((await saveRole(started, id, String(n))).status).toBe(200);
        answered.set(id, n);
      }
    };
    const old: string[] = [];
    let isOver = false;
    const read = async (): Promise<void> => {
      while (!isOver) {
        const known = new Map(answered);
        const seen = await roles(started, cache);
        for (const id of ids) if (Number(seen[id]) < (known.get(id) ?? 0)) old.push(`${id}: ${String(seen[id])}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = Array.from({ length: 10 }, read);
    await Promise.all(ids.map((id) => write(id, 60)));
    isOver = true;
    await Promise.all(readers);
    expect(old).toEqual([]);
    const { hits, misses, skipped } = cache.stats();
    expect([hits > 0, misses > 0, skipped]).toEqual([true, true, 0]);
  });

  it('tells in the status what it did, to whoever is signed in', async () => {
    const { started, cache } = await start();
    for (let n = 0; n < 4; n += 1) await roles(started, cache);
    const status = (await (await started.send('GET', '/api/sync/status')).json()) as { readonly cache: unknown };
    expect(status.cache).toEqual({ hits: 3, misses: 1, joined: 0, skipped: 0, discarded: 0, hitRate: 0.75, size: 1, lag: 0 }); // prettier-ignore
    expect(await (await fetch(`${started.url}/api/sync/status`)).json()).not.toHaveProperty('cache');
  });

  it('follows the installation that is started again', async () => {
    const { started, cache } = await start();
    await roles(started, cache);
    await started.restart();
    await saveRole(started, 'm1', 'CEO');
    expect([await roles(started, cache), await roles(started, cache)]).toEqual([{ m1: 'CEO' }, { m1: 'CEO' }]);
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 2, skipped: 0 });
  });

  it('is refused at the start when it is none, or when another installation uses it', async () => {
    await expect(startSync({ cache: {} as never })).rejects.toThrow('what createServiceCache gave');
    const { cache } = await start();
    await expect(startSync({ cache })).rejects.toThrow('no other installation');
  });
});

const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)(`caches of two nodes on ${database?.version}`, () => {
  if (database === null) return;
  it('a save of one node is shown by that node at once, and by the other one without being told', async () => {
    const schema = database.createSchemaName();
    const secretKey = randomBytes(32).toString('base64');
    const node = async () => {
      const pool = database.createPool();
      stops.push(() => pool.end());
      const { started, cache } = await start({ store: postgresStore({ pool, schema }), secretKey });
      return { read: () => roles(started, cache), save: (role: string) => saveRole(started, 'm1', role) };
    };
    const [one, two] = [await node(), await node()];
    expect([await one.read(), await two.read()]).toEqual([{ m1: 'CTO' }, { m1: 'CTO' }]);
    for (const role of ['CEO', 'COO', 'CFO']) {
      await one.save(role);
      expect(await one.read()).toEqual({ m1: role });
      await vi.waitFor(async () => expect(await two.read()).toEqual({ m1: role }), { timeout: 20_000, interval: 5 });
    }
  });
});
