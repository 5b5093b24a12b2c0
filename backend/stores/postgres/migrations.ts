import { stagingFunctions, stagingTables } from './stagingTables.ts';
import { isFromServer, type Database, type Queryable } from './boundDatabase.ts';

/** Runs in a transaction on one connection; what it throws undoes everything. */
export async function inTransaction<Result>(
  database: Database,
  run: (client: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await database.connect();
  let failure: unknown;
  try {
    await client.query(client.begin ?? 'begin');
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error;
    // Where the server was not heard the end of the connection rolls back; another question would wait behind the first.
    if (isFromServer(error)) await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    // A connection on which the server hung up is not given back to the pool.
    client.release(failure instanceof Error && !isFromServer(failure));
  }
}

/**
 * The key of an advisory lock, as SQL: of the schema, so that two products in one database do not wait for each other.
 * `log` is held while places are given, `setup` while tables or the epoch change; `staged` while staged changes get theirs, `telling`
 * while they are told.
 */
export function lockKey(schema: string, name: 'log' | 'setup' | 'staged' | 'telling'): string {
  return `hashtextextended('backoffice_sync:${schema}:${name}', 0)`;
}

/**
 * The tables, step by step; a step that was released is never changed, the next one mends it.
 *
 * `json` and not `jsonb`: it keeps the order of members and the digits of numbers as they were saved.
 */
function stepsFor(schema: string): readonly string[] {
  return [
    `
    create table ${schema}.meta (
      only_row boolean primary key default true check (only_row),
      epoch text not null,
      identity text not null,
      seq bigint not null,
      last_at bigint not null,
      floor bigint not null
    );
    insert into ${schema}.meta (epoch, identity, seq, last_at, floor) values ('', '', 0, 0, 0);
    create table ${schema}.records (
      resource text collate "C" not null,
      id text collate "C" not null,
      version bigint not null,
      record json,
      published json,
      authors json not null,
      changed_by json not null,
      primary key (resource, id)
    );
    create table ${schema}.log (
      seq bigint primary key,
      at bigint not null,
      resource text collate "C",
      id text collate "C",
      version bigint,
      entry json not null
    );
    create unique index log_version on ${schema}.log (resource, id, version) where resource is not null;
    create index log_at on ${schema}.log (at);
    create table ${schema}.keys (
      scope text collate "C" not null,
      key text collate "C" not null,
      saved json not null,
      at bigint not null,
      primary key (scope, key)
    );
    create index keys_at on ${schema}.keys (at);
    create sequence ${schema}.state_revision;
    create table ${schema}.state (
      bucket text collate "C" not null,
      key text collate "C" not null,
      value json not null,
      revision bigint not null,
      expires_at bigint,
      primary key (bucket, key)
    );
    `,
    // Messages and lone keys by age, without a look at every change.
    `create index log_beside_records on ${schema}.log (at) where resource is null;`,
    // Who is here. Unlogged: it is told again within a second, and need not survive a crash.
    `
    create unlogged table ${schema}.presence_nodes (
      node text collate "C" primary key,
      revision bigint not null,
      floor bigint not null,
      expires_at timestamptz not null
    );
    create unlogged table ${schema}.presence (
      node text collate "C" not null references ${schema}.presence_nodes on delete cascade,
      revision bigint not null,
      changed_at bigint not null,
      channel text collate "C" not null,
      key text collate "C" not null,
      user_id text not null,
      user_name text not null,
      state json,
      joined_at bigint not null,
      primary key (node, channel, key)
    );
    create index presence_revision on ${schema}.presence (node, revision);
    `,
    // Who does which part of shared work, and what was sent to receivers of webhooks. Leases are logged: lost in a crash, two nodes would hold one.
    `
    create table ${schema}.lease_nodes (
      work text collate "C" not null,
      node text collate "C" not null,
      expires_at timestamptz not null,
      primary key (work, node)
    );
    create table ${schema}.leases (
      work text collate "C" not null,
      part integer not null,
      node text collate "C" not null,
      expires_at timestamptz not null,
      primary key (work, part)
    );
    create table ${schema}.deliveries (
      endpoint text collate "C" not null,
      id text collate "C" not null,
      at bigint not null,
      resource text collate "C",
      record_id text collate "C",
      failed boolean not null,
      row json not null,
      detail json not null,
      primary key (endpoint, id)
    );
    create index deliveries_record on ${schema}.deliveries (resource, record_id, endpoint, id desc) where resource is not null;
    create index deliveries_at on ${schema}.deliveries (at);
    `,
    // What is declared, for who looks at it in the database. Every live resource is a row of the view; sizes are bytes as stored.
    `
    create table ${schema}.resources (
      name text collate "C" primary key,
      live text not null,
      priority text not null
    );
    create view ${schema}.realtime_configuration as
      select d.name as tablename,
        count(r.id) as estimated_row_count,
        coalesce(sum(pg_column_size(r.record)), 0)::bigint as table_size,
        d.priority as realtime_priority
      from ${schema}.resources d
      left join ${schema}.records r on r.resource = d.name and r.record is not null
      where d.live <> 'false'
      group by d.name, d.priority;
    `,
    // Changes that other transactions leave; see stagingTables.ts.
    stagingTables(schema) + stagingFunctions(schema, lockKey(schema, 'staged')),
  ];
}

/** Brings the tables of a schema up to date; any number of nodes may do it at the same moment. */
export async function migrate(database: Database, schema: string): Promise<void> {
  await inTransaction(database, async (client) => {
    // Also in front of `create schema if not exists`, which fails when two do it at once.
    await client.query(`select pg_advisory_xact_lock(${lockKey(schema, 'setup')})`);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migrations (step integer primary key, ran_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ step: unknown }>(`select max(step) as step from ${schema}.migrations`);
    const done = Number(rows[0]?.step ?? 0);
    for (const [index, sql] of stepsFor(schema).entries()) {
      if (index < done) continue;
      await client.query(sql);
      await client.query(`insert into ${schema}.migrations (step) values ($1)`, [index + 1]);
    }
  });
}
