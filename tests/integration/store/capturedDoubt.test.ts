import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineResource, postgresStore, SyncError, type SyncOptions } from 'backoffice-sync';
import { z } from 'zod';
import type { JsonObject } from '../../../shared/json.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { runCli, temporaryFolder } from '../cli/runCli.ts';

const database = await startTestDatabase();
const secretKey = randomBytes(32).toString('base64');
const shape = z.looseObject({});
const options = { schema: shape, public: 'all' } as const;
const fromRow = (row: JsonObject): JsonObject => {
  if (row['name'] === 'missing') throw new SyncError('NOT_FOUND', 'its department is not there');
  return row;
};
const team = defineResource({ name: 'team', ...options, captured: true, fromRow });
const other = defineResource({ name: 'other', ...options, captured: true, fromRow });
const plain = defineResource({ name: 'plain', ...options, secret: ['apiKey'] });

describe.skipIf(database === null)(`what may be wrong beside a captured table on ${database?.version}`, () => {
  if (database === null) return;
  let pool: pg.Pool;
  let schema: string;
  let own: string;
  let nodes: Started[];
  let roles: string[];

  beforeEach(async () => {
    pool = database.createPool(30);
    schema = database.createSchemaName();
    own = `${schema}_own`;
    [nodes, roles] = [[], []];
    await pool.query(`create schema ${own}`);
  });
  afterEach(async () => {
    for (const node of nodes) await node.stop();
    await pool.query(`drop schema if exists ${own} cascade; drop schema if exists ${schema} cascade`);
    for (const role of roles) await pool.query(`drop owned by ${role}; drop role ${role}`);
    await pool.end();
  });
  afterAll(() => database.stop());

  const start = async (more: Partial<SyncOptions> = {}): Promise<Started> => {
    const store = postgresStore({ pool, schema });
    const node = await startSync({ store, secretKey, resources: [team, other, plain], ...more });
    nodes.push(node);
    return node;
  };
  const capture = (table: string, ...words: string[]) =>
    runCli(['capture', `${own}.${table}`, '--resource', 'team', '--apply', '--database-url', database.url, '--schema', schema, ...words]); // prettier-ignore
  const captured = async (table: string): Promise<void> =>
    expect(await capture(table)).toMatchObject({ code: 0, errors: '' });
  const records = async (node: Started, resource = 'team'): Promise<JsonObject[]> =>
    (await (await node.send('GET', `/api/${resource}`)).json()) as JsonObject[];
  const names = async (node: Started): Promise<string[]> =>
    (await records(node)).map(({ id, name }) => `${String(id)} ${String(name)}`);
  const told = (node: Started, ...expected: string[]) =>
    waitUntil(`told: ${expected.join()}`, async () => (await names(node)).join() === expected.join());
  const problems = async (): Promise<string[]> =>
    (await pool.query<{ problem: string }>(`select problem from ${schema}.staged where problem is not null`)).rows.map(
      ({ problem }) => problem,
    );
  const refused = (part: string) => waitUntil(`refused: ${part}`, async () => (await problems()).join().includes(part));
  const newRole = async (name: string): Promise<string> => {
    const role = `${schema}_${name}`;
    roles.push(role);
    await pool.query(`create role ${role}; grant create, usage on schema ${own} to ${role}`);
    return role;
  };
  const as = async <Result>(role: string, use: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect();
    try {
      await client.query(`set session authorization ${role}`);
      return await use(client);
    } finally {
      client.release(true);
    }
  };

  it('code of the owner of a table runs with the rights of the owner, whoever captured it', async () => {
    const node = await start();
    const owner = await newRole('owner');
    await as(owner, (client) => client.query(`create table ${own}.m (id int primary key, name text)`));
    await captured('m');
    await as(owner, async (client) => {
      await client.query(`create table ${own}.loot (who text); grant all on ${own}.loot to public`);
      await client.query(`create type ${own}.e as enum ('x')`);
      await client.query(`create function ${own}.evil(${own}.e) returns json language plpgsql as $$ begin insert into ${own}.loot values (current_user); return '1'; end $$`); // prettier-ignore
      await client.query(`create cast (${own}.e as json) with function ${own}.evil(${own}.e)`);
      await client.query(`alter table ${own}.m add column e ${own}.e`);
      await client.query(`insert into ${own}.m values (1, 'Ana', 'x')`);
    });
    await told(node, '1 Ana');
    expect((await pool.query(`select distinct who from ${own}.loot`)).rows).toEqual([{ who: owner }]);
    const seen = as(owner, (client) => client.query(`select 1 from ${schema}.log`));
    await expect(seen).rejects.toThrow('permission denied');
  });

  it('a cast of somebody else is not run for the owner, and a table that got another owner is not read as the old one', async () => {
    const node = await start();
    const mallory = await newRole('mallory');
    await as(mallory, async (client) => {
      await client.query(`create type ${own}.e as enum ('x')`);
      await client.query(
        `create function ${own}.evil(${own}.e) returns json language sql as $$ select '"run"'::json $$`,
      );
      await client.query(`create cast (${own}.e as json) with function ${own}.evil(${own}.e)`);
    });
    await pool.query(`create table ${own}.m (id int primary key, name text)`);
    await captured('m');
    await pool.query(`alter table ${own}.m add column e ${own}.e[]`);
    await pool.query(`insert into ${own}.m values (1, 'Ana', '{x}')`);
    await refused(`belongs to ${mallory}`);
    await pool.query(`alter table ${own}.m drop column e; alter table ${own}.m owner to ${mallory}`);
    await captured('m');
    await told(node, '1 Ana');
    expect(await problems()).toEqual([]);
  });

  it('a second table of a resource is refused, as is a second resource of a table; nothing that was told is lost', async () => {
    const node = await start();
    await pool.query(`create table ${own}.m (id int unique, region text, name text) `);
    await pool.query(`create table ${own}.n (id int primary key, name text)`);
    await pool.query(`insert into ${own}.m values (1, 'eu', 'Ana'); insert into ${own}.n values (2, 'Ben')`);
    expect(await capture('m', '--key', 'id')).toMatchObject({ code: 0 });
    await told(node, '1 Ana');
    expect(await capture('n')).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`one resource has one table`),
    });
    const again = await capture('m', '--key', 'id', '--resource', 'other');
    expect(again).toMatchObject({ code: 1, errors: expect.stringContaining('is captured as "team" already') });
    await expect(pool.query(`select ${schema}.begin_capture('${own}.n', 'team')`)).rejects.toThrow('one table');
    await pool.query(`update ${own}.m set name = 'Anna'`);
    await told(node, '1 Anna');
    expect((await capture('m', '--remove')).code).toBe(0);
    expect((await capture('n')).code).toBe(0);
    await told(node, '2 Ben');
  });

  it('a key that is not unique is refused', async () => {
    await start();
    await pool.query(`create table ${own}.m (id int primary key, slug text, part text, unique (slug, part))`);
    expect(await capture('m', '--key', 'slug')).toMatchObject({ code: 1, errors: expect.stringContaining('is not unique') }); // prettier-ignore
  });

  it('rows that exchange or hand on their keys in one statement keep their records', async () => {
    const node = await start();
    await pool.query(`create table ${own}.m (id int primary key deferrable, name text)`);
    await pool.query(`insert into ${own}.m values (1, 'same'), (2, 'same'), (3, 'c')`);
    await captured('m');
    await told(node, '1 same', '2 same', '3 c');
    await pool.query(`update ${own}.m set id = id + 1`);
    await told(node, '2 same', '3 same', '4 c');
    await pool.query(`update ${own}.m set id = 7 - id where id > 2`);
    await told(node, '2 same', '3 c', '4 same');
  });

  it('a program commits what the database takes, also what nobody can be told', async () => {
    const node = await start();
    await pool.query(`create table ${own}.m (id int primary key, name text, doc json)`);
    await pool.query(`insert into ${own}.m values (1, 'Ana', '{"a": "\\u0000"}')`);
    await captured('m');
    await pool.query(`insert into ${own}.m values (2, 'Ben', '{"a": "\\ud800"}'), (3, 'Zoé', '{"a": 1e200000}'), (4, 'Mia', '{}')`); // prettier-ignore
    await waitUntil('what can be told is', async () => (await names(node)).join().includes('4 Mia'));
    await waitUntil('both are refused', async () => (await problems()).length === 2);
    await pool.query(`update ${own}.m set doc = null`);
    await told(node, '1 Ana', '2 Ben', '3 Zoé', '4 Mia');
  });

  it('what is told of a row does not depend on the session that wrote it, and has generated columns at once', async () => {
    const node = await start();
    const virtual = Number(/ (\d+)/.exec(database.version)?.[1]) >= 18 ? 'virtual' : 'stored';
    await pool.query(`create table ${own}.m (id int primary key, b bytea, t timestamptz, i interval, f float8, n bigint, g text generated always as ('g' || '!') ${virtual})`); // prettier-ignore
    await captured('m');
    const client = await pool.connect();
    await client.query(`set timezone = 'Asia/Tokyo'; set bytea_output = 'escape'; set intervalstyle = 'sql_standard'; set extra_float_digits = -5; set datestyle = 'German'`); // prettier-ignore
    await client.query(`insert into ${own}.m values (1, '\\x00ff41', '2026-01-01T00:00:00Z', '1 day 2 hours', 0.123456789012345, 9007199254740993)`); // prettier-ignore
    client.release(true);
    const row = { b: '\\x00ff41', t: '2026-01-01T00:00:00+00:00', i: '1 day 02:00:00', f: 0.123456789012345 };
    await waitUntil('it is told', async () => (await records(node)).length === 1);
    expect(await records(node)).toMatchObject([{ ...row, n: '9007199254740993', g: 'g!', version: 1 }]);
    await captured('m');
    await waitUntil('nothing waits', async () => (await pool.query(`select from ${schema}.staged`)).rowCount === 0);
    expect(await records(node)).toMatchObject([{ version: 1 }]);
  });

  it('a table whose key was renamed is said to be wrong, once, and is whole again when it is captured anew', async () => {
    const node = await start();
    await pool.query(`create table ${own}.m (id int primary key, name text); insert into ${own}.m values (1, 'Ana')`);
    await captured('m');
    await told(node, '1 Ana');
    await pool.query(`alter table ${own}.m rename id to pk`);
    await pool.query(`update ${own}.m set name = 'Anna'`);
    await pool.query(`insert into ${own}.m values (2, 'Ben')`);
    await refused('"npx backoffice-sync capture" for it again');
    expect(await problems()).toHaveLength(1);
    expect(node.lines.map(({ err }) => String(err)).join()).toContain('Changes of team cannot be told');
    await captured('m');
    await waitUntil('both are told', async () => (await records(node)).map(({ name }) => name).join() === 'Anna,Ben');
    expect(await problems()).toEqual([]);
  });

  it('the role that owns the table and is not the server is granted what it needs, and no more', async () => {
    const node = await start();
    const owner = await newRole('owner');
    await as(owner, (client) => client.query(`create table ${own}.m (id int primary key, name text)`));
    await captured('m');
    await as(owner, (client) => client.query(`insert into ${own}.m values (1, 'Ana')`));
    await told(node, '1 Ana');
    const forged = as(owner, (client) => client.query(`select ${schema}.stage('plain', 'a', '{}', false, null, null, true)`)); // prettier-ignore
    await expect(forged).rejects.toThrow('permission denied');
    expect((await capture('m', '--remove')).code).toBe(0);
    expect((await pool.query(`select 1 from pg_proc where pronamespace = '${own}'::regnamespace`)).rows).toEqual([]);
  });

  it('a change that makes no sense, and a row of which fromRow throws a code of ours, hold back no other', async () => {
    const node = await start();
    await pool.query(`create table ${own}.m (id int primary key, name text)`);
    await captured('m');
    for (const [content, actor] of [['{}', null], ['{}', 'no JSON'], ['{}', '{"id":1}'], ['[1]', '{"id":"a","name":"a","kind":"server"}']]) // prettier-ignore
      await pool.query(`select ${schema}.stage('plain', $1, $2, false, $3, null, true)`, [randomBytes(4).toString('hex'), content, actor]); // prettier-ignore
    await pool.query(`insert into ${own}.m values (1, 'missing')`);
    await pool.query(`insert into ${own}.m values (2, 'Ben')`);
    await told(node, '2 Ben');
    await waitUntil('five are set aside', async () => (await problems()).length === 5);
    expect((await problems()).sort().at(-1)).toContain('its department is not there');
    expect(await records(node, 'plain')).toEqual([]);
  });

  it('a pool of three is enough for the server, and a smaller one is refused', async () => {
    const [two, three] = [database.createPool(2), database.createPool(3)];
    const small = start({ store: postgresStore({ pool: two, schema }) });
    await expect(small).rejects.toThrow('at least three connections');
    await two.end();
    const node = await start({ store: postgresStore({ pool: three, schema }) });
    await pool.query(`create table ${own}.m (id int primary key, name text)`);
    await captured('m');
    await pool.query(`insert into ${own}.m select n, 'n' from generate_series(1, 60) n`);
    await waitUntil('all are told', async () => (await records(node)).length === 60);
    await node.stop();
    nodes = [];
    await three.end();
  });

  it('append in a transaction refuses at once what could not be told later, and a secret', async () => {
    const { sync } = await start();
    const append = (record: unknown, actor?: unknown) =>
      sync.append({ resource: 'plain', id: 'a', record, ...(actor === undefined ? {} : { actor }) } as never, { client: pool }); // prettier-ignore
    await expect(append({ big: 'x'.repeat(1_100_000) })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    for (const [record, actor] of [
      [[1]],
      ['text'],
      [undefined],
      [new Date(0)],
      [{}, { nonsense: 1 }],
      [{}, null],
      [{ apiKey: 'open' }],
    ])
      // prettier-ignore
      await expect(append(record, actor)).rejects.toMatchObject({ code: 'INVALID' });
    expect((await pool.query(`select content::text from ${schema}.staged`)).rows).toEqual([]);
  });

  it('a backup says how many committed changes it does not have', async () => {
    await (await start()).stop();
    nodes = [];
    const stage = `select ${schema}.stage('plain', 'x', '{}', false, '{"id":"a","name":"A","kind":"server"}', null, true)`;
    const temporary = await temporaryFolder();
    const backup = (name: string) => runCli(['backup', '--out', temporary.at(name), '--database-url', database.url, '--schema', schema]); // prettier-ignore
    const { code, out, errors } = await backup('whole');
    expect([code, `${out}${errors}`]).toEqual([0, expect.not.stringContaining('wait')]);
    await pool.query(stage);
    const lacking = await backup('lacking');
    expect([lacking.code, `${lacking.out}${lacking.errors}`]).toEqual([0, expect.stringContaining('1 committed changes wait to be told and are not in this copy')]); // prettier-ignore
    await temporary.remove();
  });
});
