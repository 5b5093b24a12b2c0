import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineResource, postgresStore } from 'backoffice-sync';
import { z } from 'zod';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const database = await startTestDatabase();
const schema = z.object({ name: z.string() });
const secretKey = Buffer.alloc(32, 7).toString('base64');

describe.skipIf(database === null)(`the configuration in PostgreSQL on ${database?.version}`, () => {
  if (database === null) return;
  const pool = database.createPool();
  afterAll(async () => {
    await pool.end();
    await database.stop();
  });
  let name: string;
  let at: Started;
  beforeEach(async () => {
    name = database.createSchemaName();
    at = await startSync({
      store: postgresStore({ pool, schema: name }),
      secretKey,
      resources: [
        defineResource({ name: 'goals', schema, priority: 'high' }),
        defineResource({ name: 'reviews', schema, priority: 'low', live: 'notify' }),
        defineResource({ name: 'audits', schema, live: false }),
      ],
    });
  });
  afterEach(async () => {
    await at.stop();
    await pool.query(`drop schema ${name} cascade`);
  });
  const view = async () =>
    (
      await pool.query<{ tablename: string; rows: number; has_size: boolean; realtime_priority: string }>(
        `select tablename, estimated_row_count::int as rows, table_size > 0 as has_size, realtime_priority
         from ${name}.realtime_configuration order by tablename`,
      )
    ).rows;

  it('is a view with what is live, how much of it there is, and how much it matters', async () => {
    for (const id of ['g1', 'g2', 'g3']) await at.send('POST', '/api/goals', { id, name: id });
    await at.send('DELETE', '/api/goals/g3', undefined, { 'if-match': '*' });
    await at.send('POST', '/api/audits', { name: 'not live' });
    expect(await view()).toEqual([
      { tablename: 'goals', rows: 2, has_size: true, realtime_priority: 'high' },
      { tablename: 'reviews', rows: 0, has_size: false, realtime_priority: 'low' },
    ]);
    const { resources } = await (await at.send('GET', '/api/sync/configuration')).json();
    expect(resources.map((resource: { name: string; rows: number }) => [resource.name, resource.rows])).toEqual([
      ['goals', 2],
      ['reviews', 0],
      ['audits', 1],
    ]);
  });

  it('follows the declaration of the node that started last', async () => {
    const second = await startSync({
      store: postgresStore({ pool, schema: name }),
      secretKey,
      resources: [
        defineResource({ name: 'goals', schema, priority: 'low' }),
        defineResource({ name: 'plans', schema, priority: 'medium' }),
      ],
    });
    expect((await view()).map(({ tablename, realtime_priority }) => [tablename, realtime_priority])).toEqual([
      ['goals', 'low'],
      ['plans', 'medium'],
    ]);
    await second.stop();
  });
});
