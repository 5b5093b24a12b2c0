import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import express from 'express';
import { defineResource, notifyFrontend, postgresStore, type Change, type SyncOptions } from 'backoffice-sync';
import { z } from 'zod';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { readEvents, type OpenStream } from '../../helpers/readEvents.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { runCli } from '../cli/runCli.ts';

const database = await startTestDatabase();
const secretKey = randomBytes(32).toString('base64');
const schemaOf = z.object({ fullName: z.string(), employeeNumber: z.union([z.string(), z.number()]).optional() });

const team = defineResource({
  name: 'team',
  schema: schemaOf,
  public: 'all',
  captured: true,
  fromRow({ full_name, employee_number }) {
    if (full_name === 'unusable') throw new Error('nothing can be made of it');
    if (full_name === 'nobody') return null;
    return { fullName: String(full_name), ...(employee_number == null ? {} : { employeeNumber: employee_number }) };
  },
});

describe.skipIf(database === null)(`a captured table on ${database?.version}`, () => {
  if (database === null) return;
  let pool: pg.Pool;
  let schema: string;
  let table: string;
  let nodes: Started[];
  let streams: OpenStream[];
  let clients: pg.PoolClient[];

  beforeEach(async () => {
    pool = database.createPool(30);
    schema = database.createSchemaName();
    table = `${schema}_own.team_members`;
    [nodes, streams, clients] = [[], [], []];
    await pool.query(`create schema ${schema}_own`);
    await pool.query(`create table ${table} (id int primary key, full_name text, employee_number bigint, extra json)`);
  });
  afterEach(async () => {
    for (const stream of streams) await stream.cut();
    for (const client of clients) client.release(true);
    for (const node of nodes) await node.stop();
    await pool.query(`drop schema if exists ${schema}_own cascade`);
    await pool.query(`drop schema if exists ${schema} cascade`);
    await pool.end();
  });
  afterAll(() => database.stop());

  const start = async (options: Partial<SyncOptions> = {}): Promise<Started> => {
    const store = postgresStore({ pool, schema });
    const node = await startSync({ store, secretKey, resources: [team], ...options });
    nodes.push(node);
    return node;
  };
  const capture = (...words: string[]) =>
    runCli(['capture', table, '--resource', 'team', '--database-url', database.url, '--schema', schema, ...words]);
  const startCaptured = async (): Promise<Started> => {
    const node = await start();
    expect(await capture('--apply')).toMatchObject({ code: 0 });
    return node;
  };
  const follow = async ({ url }: Started): Promise<(count: number) => Promise<readonly Change[]>> => {
    const stream = await readEvents(`${url}/api/sync/stream?resources=team`, { authorization: `Bearer ${apiToken}` });
    streams.push(stream);
    return async (count) =>
      (await stream.take(count)).map(({ event }) => {
        if (event.type !== 'change') throw new Error(`${event.type} came`);
        return event.change;
      });
  };
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    clients.push(client);
    return client;
  };
  const insert = (on: Pick<pg.Pool, 'query'>, id: number, name: string) =>
    on.query(`insert into ${table} (id, full_name) values ($1, $2)`, [id, name]);
  const rename = (on: Pick<pg.Pool, 'query'>, id: number, name: string) =>
    on.query(`update ${table} set full_name = $2 where id = $1`, [id, name]);
  const named = (changes: readonly Change[]) =>
    changes.map(({ operation, id, version, record }) => [operation, id, version, record?.['fullName'] ?? null]);
  /** Nothing came between: the next change that is told is this one. */
  const expectNext = async (take: (count: number) => Promise<readonly Change[]>): Promise<void> => {
    await insert(pool, 999, 'the next one');
    expect(named(await take(1))).toEqual([['created', '999', 1, 'the next one']]);
    await pool.query(`delete from ${table} where id = 999`);
    expect(named(await take(1))).toEqual([['deleted', '999', 2, null]]);
  };

  it('is told once, live and in the order of commits, whatever program changes a row', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    const [first, second] = [await connect(), await connect()];
    await insert(pool, 1, 'Ana');
    await insert(pool, 2, 'Ben');
    expect(named(await take(2))).toEqual([['created', '1', 1, 'Ana'], ['created', '2', 1, 'Ben']]); // prettier-ignore
    await first.query('begin');
    await rename(first, 1, 'Anna');
    await second.query('begin');
    await rename(second, 2, 'Benno');
    await second.query('commit');
    expect(named(await take(1))).toEqual([['updated', '2', 2, 'Benno']]);
    await first.query('commit');
    expect(named(await take(1))).toEqual([['updated', '1', 2, 'Anna']]);
    await expectNext(take);
    await waitUntil('nothing waits', async () => (await pool.query(`select from ${schema}.staged`)).rowCount === 0);
  });

  it('tells a transaction as what it left behind: updates fold, a rollback is nothing, another key is another record', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    const client = await connect();
    await client.query('begin');
    await insert(client, 1, 'a');
    await rename(client, 1, 'b');
    await rename(client, 1, 'c');
    await insert(client, 2, 'gone again');
    await client.query(`delete from ${table} where id = 2`);
    await client.query('commit');
    expect(named(await take(1))).toEqual([['created', '1', 1, 'c']]);
    await client.query('begin');
    await rename(client, 1, 'undone');
    await client.query('savepoint s');
    await rename(client, 1, 'undone too');
    await client.query('rollback to s');
    await client.query('rollback');
    await pool.query(`update ${table} set full_name = full_name`);
    await pool.query(`update ${table} set id = 7`);
    expect(named(await take(2)).sort()).toEqual([['created', '7', 1, 'c'], ['deleted', '1', 2, null]]); // prettier-ignore
    await pool.query(`delete from ${table}`);
    expect(named(await take(1))).toEqual([['deleted', '7', 2, null]]);
    await expectNext(take);
    const { rows } = await pool.query(`select 1 from ${schema}.log where entry->>'kind' = 'key'`);
    expect(rows).toEqual([]);
  });

  it('gives fromRow the row with its own names and with whole numbers that JavaScript cannot hold as text; null is no record', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    await pool.query(`insert into ${table} values (1, 'Ana', 9007199254740993, '{"b": [1]}'), (2, 'Ben', 9007199254740991, null)`); // prettier-ignore
    const changes = [...(await take(2))].sort((a, b) => Number(a.id) - Number(b.id));
    expect(changes.map(({ record }) => record?.['employeeNumber'])).toEqual(['9007199254740993', 9007199254740991]);
    await insert(pool, 3, 'nobody');
    await rename(pool, 2, 'nobody');
    expect(named(await take(1))).toEqual([['deleted', '2', 2, null]]);
    await rename(pool, 2, 'Ben');
    expect(named(await take(1))).toEqual([['created', '2', 3, 'Ben']]);
  });

  it('names who the program said it works for, else the user of the database; hands its mutation id on, and comes also when nobody was woken', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    const client = await connect();
    await insert(pool, 1, 'Ana');
    await client.query('begin');
    await client.query(`select set_config('backoffice_sync.actor', '{"id": 7, "name": "Zoé"}', true), set_config('backoffice_sync.mutation_id', 'm-1', true), set_config('backoffice_sync.wake', 'off', true)`); // prettier-ignore
    await rename(client, 1, 'Anna');
    await client.query('commit');
    await rename(client, 1, 'Anne');
    const changes = await take(3);
    const user = { id: 'test', name: 'test', kind: 'database' };
    expect(changes.map(({ actor }) => actor)).toEqual([user, { id: '7', name: 'Zoé', kind: 'database' }, user]);
    expect(changes.map(({ mutationId }) => mutationId)).toEqual([null, 'm-1', null]);
  });

  it('needs no right to our tables from those who write to it, and lets them call nothing of ours', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    const role = `${schema}_writer`;
    await pool.query(`create role ${role}; grant usage on schema ${schema}_own, ${schema} to ${role}; grant insert on ${table} to ${role}`); // prettier-ignore
    const client = await connect();
    await client.query(`set role ${role}`);
    await insert(client, 1, 'Ana');
    expect(named(await take(1))).toEqual([['created', '1', 1, 'Ana']]);
    const forged = client.query(`select ${schema}.stage('team', '2', '{}', false, null, null, true)`);
    await expect(forged).rejects.toThrow('permission denied for function stage');
    await client.query('reset role');
    await pool.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('tells each change once with several nodes, and after one died between telling and forgetting it', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    await start();
    for (let n = 1; n <= 40; n += 1) await insert(pool, n, `n${n}`);
    const changes = await take(40);
    expect(changes.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, n) => `${n + 1}`));
    await rename(pool, 1, 'now');
    await take(1);
    const { rows } = await pool.query<{ key: string }>(`select key from ${schema}.keys where scope = 'staged' order by at`); // prettier-ignore
    expect(rows.length).toBe(41);
    // What a node leaves that dies there: the change in the log, and still in the table.
    await pool.query(
      `insert into ${schema}.staged (place, change, resource, id, content, is_row) values (0, $1, 'team', '1', '{"full_name": "n1"}', true)`,
      [rows[0]?.key],
    );
    await expectNext(take);
    expect(await (await node.send('GET', '/api/team/1')).json()).toMatchObject({ fullName: 'now', version: 2 });
  });

  it('waits at the commit for a transaction that has its place already: places become visible in their order', async () => {
    const node = await start();
    await node.sync.append({ resource: 'team', id: 'x', record: { fullName: 'before' } });
    const take = await follow(node);
    const [slow, fast] = [await connect(), await connect()];
    await slow.query('begin');
    await node.sync.append({ resource: 'team', id: 'x', record: { fullName: 'slow' } }, { client: slow });
    await slow.query('set constraints all immediate');
    await fast.query('begin');
    await node.sync.append({ resource: 'team', id: 'x', record: { fullName: 'fast' } }, { client: fast });
    const order: string[] = [];
    const committing = fast.query('commit').then(() => order.push('fast'));
    await waitUntil('the second transaction waits, or is through', async () => {
      const { rows } = await pool.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`);
      return rows.length > 0 || order.length > 0;
    });
    // Who of the two hears of his commit first says nothing about the order of the commits.
    expect(order).toEqual([]);
    await slow.query('commit');
    await committing;
    expect(named(await take(2)).map(([, , , name]) => name)).toEqual(['slow', 'fast']);
  });

  it('sets a row aside of which nothing can be made, says so, holds back no other, and forgets it when the row is mended', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    await insert(pool, 1, 'unusable');
    await insert(pool, 2, 'Ben');
    expect(named(await take(1))).toEqual([['created', '2', 1, 'Ben']]);
    const said = node.lines.map(({ err }) => String(err)).filter((line) => line.includes('cannot be told'));
    expect(said).toEqual([expect.stringContaining('A change of team 1 was committed and cannot be told: Error: nothing')]); // prettier-ignore
    const problems = async () => (await pool.query(`select id, problem is not null as refused from ${schema}.staged`)).rows; // prettier-ignore
    // The turn ends a moment after the change is heard.
    const isAside = async () => JSON.stringify(await problems()) === '[{"id":"1","refused":true}]';
    await waitUntil('it alone is set aside', isAside);
    const checked = await runCli(['check', '--database-url', database.url, '--schema', schema]);
    expect(checked.out).toMatch(/^warning +captured +1 changes cannot be told/m);
    await rename(pool, 1, 'Ana');
    expect(named(await take(1))).toEqual([['created', '1', 1, 'Ana']]);
    await waitUntil('it is forgotten', async () => (await problems()).length === 0);
  });

  it('tries what was set aside again at the next start, with the program of then', async () => {
    const node = await startCaptured();
    await insert(pool, 1, 'unusable');
    await waitUntil('it is set aside', async () =>
      node.lines.some(({ err }) => String(err).includes('cannot be told')),
    );
    await node.stop();
    nodes = [];
    const { name, schema: shape } = team;
    const mended = defineResource({ name, schema: shape, captured: true, fromRow: () => ({ fullName: 'mended' }) });
    const next = await start({ resources: [mended] });
    await waitUntil('it is told', async () => (await next.send('GET', '/api/team/1')).status === 200);
    expect(await (await next.send('GET', '/api/team/1')).json()).toMatchObject({ fullName: 'mended', version: 1 });
  });

  it('is saved where it is: no route of ours and no server code saves it', async () => {
    const node = await startCaptured();
    await insert(pool, 1, 'Ana');
    await waitUntil('the row is told', async () => (await node.send('GET', '/api/team/1')).status === 200);
    const refused = await node.send('PATCH', '/api/team/1', { fullName: 'x' });
    expect([refused.status, (await refused.json()).code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    await expect(node.sync.records('team').update('1', { fullName: 'x' })).rejects.toThrow('save them there');
    const { resources } = await (await node.send('GET', '/api/sync/configuration')).json();
    expect(resources[0].permissions).toEqual({ create: false, update: false, delete: false });
  });

  it('is told once where a route of the integrator with notifyFrontend saves it', async () => {
    const node = await startCaptured();
    const take = await follow(node);
    await insert(pool, 1, 'Ana');
    await take(1);
    const app = express();
    app.use(express.json());
    app.put(
      '/own/team/:id',
      notifyFrontend(node.sync, { resource: 'team', load: () => ({ fullName: 'as the route would tell it' }) }),
      async (request, response) => {
        await rename(pool, Number(request.params['id']), 'Anna');
        response.json({ ok: true });
      },
    );
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/own/team/1`, { method: 'PUT' })).status).toBe(200);
    expect(named(await take(1))).toEqual([['updated', '1', 2, 'Anna']]);
    await expectNext(take);
    server.close();
  });

  it('tells what append left in a transaction after its commit, and nothing of a rollback', async () => {
    const node = await start();
    const take = await follow(node);
    const client = await connect();
    const append = (id: string, name: string | null) =>
      node.sync.append(
        { resource: 'team', id, record: name === null ? null : { fullName: name }, mutationId: `m-${name}` },
        { client },
      );
    await client.query('begin');
    await append('a', 'undone');
    await client.query('rollback');
    await client.query('begin');
    await append('a', 'first');
    await append('b', 'other');
    await append('a', 'second');
    expect((await pool.query(`select 1 from ${schema}.log where resource = 'team'`)).rows).toEqual([]);
    await client.query('commit');
    const changes = [...(await take(2))].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(named(changes)).toEqual([['created', 'a', 1, 'second'], ['created', 'b', 1, 'other']]); // prettier-ignore
    expect(changes[0]).toMatchObject({ actor: { kind: 'server' }, mutationId: 'm-second' });
    await append('a', null);
    expect(named(await take(1))).toEqual([['deleted', 'a', 2, null]]);
    for (const [id, name] of [
      ['no id', 'x'],
      ['a', 'half \ud800'],
    ] as const)
      // prettier-ignore
      await expect(append(id, name)).rejects.toThrow(/id may have|half of a surrogate/);
  });

  it('says in the SQL what it does, tells the rows that are there, brings up to date what no trigger saw, and is undone', async () => {
    const node = await start();
    await insert(pool, 1, 'Ana');
    await insert(pool, 2, 'Ben');
    const printed = await capture();
    expect([printed.code, printed.out]).toEqual([0, expect.stringContaining('deferrable initially deferred')]);
    expect((await pool.query(`select 1 from pg_trigger where tgrelid = '${table}'::regclass`)).rows).toEqual([]);
    const names = async () =>
      ((await (await node.send('GET', '/api/team')).json()) as { fullName: string }[]).map(({ fullName }) => fullName);
    // The printed text is what --apply runs.
    await pool.query(printed.out);
    await waitUntil('the rows are records', async () => (await names()).join() === 'Ana,Ben');
    await pool.query(`truncate ${table}`);
    await insert(pool, 3, 'Zoé');
    await waitUntil('the third is a record', async () => (await names()).join() === 'Ana,Ben,Zoé');
    expect((await capture('--apply')).code).toBe(0);
    await waitUntil('the truncated rows are gone', async () => (await names()).join() === 'Zoé');
    expect((await capture('--remove', '--apply')).out).toContain('are no longer told');
    await insert(pool, 4, 'nobody hears of');
    expect((await pool.query(`select 1 from ${schema}.staged`)).rows).toEqual([]);
    expect((await pool.query(`select 1 from pg_trigger where tgrelid = '${table}'::regclass`)).rows).toEqual([]);
    expect(await names()).toEqual(['Zoé']);
  });

  it('is refused with what to do: no table, no column, a view, no schema of ours', async () => {
    const missing = await capture();
    expect([missing.code, missing.errors]).toEqual([1, expect.stringContaining('npx backoffice-sync migrate')]);
    await start();
    await pool.query(`create view ${schema}_own.v as select 1 as id; create table ${schema}_own.two (a int, b int, primary key (a, b))`); // prettier-ignore
    const target = ['--database-url', database.url, '--schema', schema];
    const cases: [string[], string][] = [
      [[`${schema}_own.none`], 'There is no table'],
      [[`${schema}_own.v`], 'is no ordinary table'],
      [[`${schema}_own.two`], '--key COLUMN'],
      [[table, '--key', 'nmae'], 'has no column "nmae". It has id, full_name'],
      [[table, '--resource', 'Team Members'], 'cannot be the name of a resource'],
    ];
    for (const [words, why] of cases) {
      const { code, errors } = await runCli(['capture', ...words, ...target]);
      expect([words, code, errors]).toEqual([words, 1, expect.stringContaining(why)]);
    }
  });

  it('cannot be declared on a store without tables of others, and append takes a client only where there are some', async () => {
    await expect(startSync({ resources: [team] })).rejects.toThrow('needs the PostgreSQL that the table is in');
    const plain = await startSync({ resources: [defineResource({ name: 'team', schema: schemaOf })] });
    const appended = plain.sync.append({ resource: 'team', id: 'a', record: {} }, { client: pool });
    await expect(appended).rejects.toThrow('"client" has to be a connection to the PostgreSQL of the store');
    await plain.stop();
    const narrow = database.createPool(2);
    await expect(start({ store: postgresStore({ pool: narrow, schema }) })).rejects.toThrow(
      'at least three connections',
    );
    await narrow.end();
    const fromRow = () => null;
    const captured = { captured: true, fromRow };
    for (const wrong of [
      { ...captured, drafts: true },
      { ...captured, seed: [{ id: 'a' }] },
      { fromRow },
      { captured: true },
    ])
      // prettier-ignore
      expect(() => defineResource({ name: 'team', schema: schemaOf, ...wrong })).toThrow('defineResource("team")');
  });
});
