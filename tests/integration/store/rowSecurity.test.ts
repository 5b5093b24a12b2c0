import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineResource, postgresStore, type PostgresStoreOptions } from 'backoffice-sync';
import { z } from 'zod';
import { rowSecuritySql } from '../../../backend/stores/postgres/rowSecurity.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const database = await startTestDatabase();
const secretKey = randomBytes(32).toString('base64');
const schemaOf = z.object({ name: z.string(), organization_id: z.string() });
const resources = [
  defineResource({ name: 'team', schema: schemaOf }),
  defineResource({ name: 'news', schema: schemaOf, drafts: true }),
];

describe.skipIf(database === null)(`row security on ${database?.version}`, () => {
  if (database === null) return;
  const pool = database.createPool();
  let schema: string;
  let role: string;
  let tenant: pg.Pool;
  let nodes: Started[];

  const start = async (options: Partial<PostgresStoreOptions> = {}): Promise<Started> => {
    const store = postgresStore({ pool, schema, rowSecurity: { role, field: 'organization_id' }, ...options });
    // As a mistake leaves it: everybody sees everything.
    const node = await startSync({ store, secretKey, resources, scope: () => null });
    nodes.push(node);
    return node;
  };
  const signedInAs = (user: string): pg.Pool => {
    const url = new URL(database.url);
    [url.username, url.password] = [user, 'secret'];
    return new pg.Pool({ connectionString: url.href, max: 1 });
  };
  /** The names that the role sees when its transaction names a tenant; without one when it names none. */
  async function seenBy(name: string | null): Promise<readonly string[]> {
    const client = await tenant.connect();
    try {
      await client.query('begin');
      if (name !== null) await client.query(`select set_config('backoffice_sync.tenant', $1, true)`, [name]);
      const { rows } = await client.query<{ name: string }>(`select coalesce(record ->> 'name', 'none') as name from ${schema}.records order by 1`); // prettier-ignore
      return rows.map((row) => row.name);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  beforeEach(async () => {
    schema = database.createSchemaName();
    role = `${schema}_reports`;
    nodes = [];
    await pool.query(`create role ${role} login password 'secret'`);
    tenant = signedInAs(role);
  });
  afterEach(async () => {
    for (const node of nodes) await node.stop();
    await tenant.end();
    await pool.query(`drop schema if exists ${schema} cascade; drop owned by ${role}; drop role ${role}`);
  });
  afterAll(async () => {
    await pool.end();
    await database.stop();
  });

  it('shows the role the records of the tenant that it names, whatever scope says, and none without a name', async () => {
    const node = await start();
    const team = node.sync.records('team');
    await team.create({ id: 'a', name: 'Ana', organization_id: 'acme' });
    await team.create({ id: 'b', name: 'Ben', organization_id: 'other' });
    await team.create({ id: 'c', name: 'Gone', organization_id: 'acme' });
    await team.delete('c');
    await team.create({ id: 'd', name: 'Of nobody', organization_id: '' });
    expect((await (await node.send('GET', '/api/team')).json()).length).toBe(3);
    expect(await seenBy('acme')).toEqual(['Ana']);
    expect(await seenBy('other')).toEqual(['Ben']);
    for (const nobody of [null, '', 'nobody']) expect(await seenBy(nobody)).toEqual([]);
    await team.update('a', { organization_id: 'other' });
    expect([await seenBy('acme'), await seenBy('other')]).toEqual([[], ['Ana', 'Ben']]);
  });

  it('shows a record whose draft moved to another tenant to neither, until it is published there', async () => {
    const node = await start();
    const news = node.sync.records('news');
    await news.create({ id: 'n', name: 'News', organization_id: 'acme' });
    await news.publish('n');
    await news.update('n', { organization_id: 'other' });
    expect([await seenBy('acme'), await seenBy('other')]).toEqual([[], []]);
    await news.publish('n');
    expect([await seenBy('acme'), await seenBy('other')]).toEqual([[], ['News']]);
  });

  it('starts beside a transaction that reads the records: what is there already is not made again', async () => {
    await start();
    const reader = await pool.connect();
    await reader.query(`begin; select 1 from ${schema}.records`);
    const second = await start();
    await second.sync.records('team').create({ id: 'a', name: 'Ana', organization_id: 'acme' });
    await reader.query('commit');
    reader.release();
    expect(await seenBy('acme')).toEqual(['Ana']);
  });

  it('gives the role no other table and no write', async () => {
    await start();
    const { rows } = await pool.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = $1`, [schema]); // prettier-ignore
    for (const { name } of rows.filter((row) => row.name !== 'records'))
      await expect(tenant.query(`select 1 from ${schema}.${name}`)).rejects.toThrow('permission denied');
    await expect(tenant.query(`update ${schema}.records set version = 1`)).rejects.toThrow('permission denied');
    await expect(tenant.query(`select ${schema}.stage('team', 'x', null, false, '{}', null, true)`)).rejects.toThrow('permission denied'); // prettier-ignore
  });

  it('refuses a role that no policy would bind, one that is not there, and a server that one binds', async () => {
    const { rows } = await pool.query<{ me: string }>('select current_user as me');
    await expect(start({ rowSecurity: { role: rows[0]?.me ?? '', field: 'f' } })).rejects.toThrow('no policy binds');
    await expect(start({ rowSecurity: { role: 'nobody_there', field: 'f' } })).rejects.toThrow('has no role');
    await start();
    await pool.query(`grant all on schema ${schema} to ${role}; grant all on all tables in schema ${schema} to ${role}; grant create on database postgres to ${role}`); // prettier-ignore
    await expect(start({ pool: tenant, rowSecurity: undefined })).rejects.toThrow('hides the records');
    await pool.query(`revoke create on database postgres from ${role}`);
  });

  it('is the SQL of docs/row-security.md', () => {
    const page = readFileSync(fileURLToPath(new URL('../../../docs/row-security.md', import.meta.url)), 'utf8');
    const plain = (sql: string): string => sql.replaceAll(/\s+/g, ' ');
    const shown = plain(page);
    for (const sql of rowSecuritySql('backoffice_sync', { role: 'reports', field: 'organization_id' }))
      expect(shown).toContain(`${plain(sql)};`);
  });
});
