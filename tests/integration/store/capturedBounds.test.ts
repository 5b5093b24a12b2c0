import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineResource, postgresStore } from 'backoffice-sync';
import { z } from 'zod';
import type { JsonObject } from '../../../shared/json.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { runCli } from '../cli/runCli.ts';

const database = await startTestDatabase();
const secretKey = randomBytes(32).toString('base64');
const options = { schema: z.looseObject({}), public: 'all' } as const;
const team = defineResource({ name: 'team', ...options, captured: true, fromRow: (row) => row });
const plain = defineResource({ name: 'plain', ...options });

describe.skipIf(database === null)(`how far a captured table reaches on ${database?.version}`, () => {
  if (database === null) return;
  let pool: pg.Pool;
  let schema: string;
  let own: string;
  let node: Started;

  beforeEach(async () => {
    pool = database.createPool(10);
    schema = database.createSchemaName();
    own = `${schema}_own`;
    await pool.query(`create schema ${own}`);
    node = await startSync({ store: postgresStore({ pool, schema }), secretKey, resources: [team, plain] });
  });
  afterEach(async () => {
    await node.stop();
    await pool.query(`drop schema if exists ${own} cascade; drop schema if exists ${schema} cascade`);
    await pool.end();
  });
  afterAll(() => database.stop());

  const capture = async (table: string): Promise<void> => {
    const words = ['--resource', 'team', '--apply', '--database-url', database.url, '--schema', schema];
    expect(await runCli(['capture', `${own}.${table}`, ...words])).toMatchObject({ code: 0, errors: '' });
  };
  const records = async (resource: string): Promise<JsonObject[]> =>
    (await (await node.send('GET', `/api/${resource}`)).json()) as JsonObject[];

  it('what is staged takes no record away that is saved here', async () => {
    await node.send('POST', '/api/plain', { id: 'p1', name: 'kept' });
    await pool.query(`select ${schema}.stage_row('plain', 'p1', null)`);
    await waitUntil('it is set aside', async () => {
      const { rows } = await pool.query<{ problem: string | null }>(`select problem from ${schema}.staged`);
      return rows[0]?.problem?.includes('captured: true') ?? false;
    });
    expect(await records('plain')).toMatchObject([{ id: 'p1', name: 'kept' }]);
  });

  it('programs go on committing when our schema is gone', async () => {
    await pool.query(`create table ${own}.m (id int primary key, name text)`);
    await capture('m');
    await node.stop();
    await pool.query(`drop schema ${schema} cascade`);
    await pool.query(`insert into ${own}.m values (1, 'Ada')`);
    expect((await pool.query(`select name from ${own}.m`)).rows).toEqual([{ name: 'Ada' }]);
  });

  it('a key that is written in another way is the same row, and one record', async () => {
    await pool.query(
      `create table ${own}.n (id numeric primary key, name text); insert into ${own}.n values (1.0, 'Ada')`,
    );
    await capture('n');
    await waitUntil('it is told', async () => (await records('team')).length === 1);
    await pool.query(`update ${own}.n set id = 1.00, name = 'Ada L.'`);
    await waitUntil('it is told anew', async () => (await records('team')).some(({ name }) => name === 'Ada L.'));
    expect(await records('team')).toHaveLength(1);
  });
});
