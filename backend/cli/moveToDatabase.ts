import type { Pool, PoolClient } from 'pg';
import { SyncError } from '../../shared/problem.ts';
import type { Database, Queryable } from '../stores/postgres/boundDatabase.ts';
import { ensureEpoch } from '../stores/postgres/databaseEpoch.ts';
import { inTransaction, lockKey, migrate } from '../stores/postgres/migrations.ts';
import { stagingFunctions } from '../stores/postgres/stagingTables.ts';
import {
  insertDeliveries,
  insertEntries,
  insertKeys,
  insertRecords,
  insertState,
  rowsPerStatement,
  setPlaces,
} from './insertRecords.ts';
import type { FolderSnapshot } from './folderSnapshot.ts';

/** What a move needs. */
export interface MoveOptions {
  readonly pool: Pool;
  readonly schema: string;
  /** Of a folder that this process owns. */
  readonly snapshot: FolderSnapshot;
  readonly tell: (line: string) => void;
}

/** As lowdbStore skips after an end without a mark: somebody may have seen places that are gone. */
const seqSkipAfterCrash = 2 ** 20;
const told = 10_000;

/**
 * Copies a folder into a schema, past the store: a save would give new places, times and an epoch.
 *
 * ```
 *  <schema>_moving: tables ── entries, 500 at a time ── records, keys, state ── places and epoch ── renamed to <schema>
 *                     ▲              │ killed: what was committed stays
 *                     └── run again ─┘ same epoch and head: behind the last entry; else: begun anew
 * ```
 * Trap  what the database says of an identity (cluster, database, oid of the log) survives the rename, the epoch with it
 *
 * Errors  STORE_UNAVAILABLE when the schema exists; FOLDER_UNUSABLE for a folder that is a copy
 */
export async function moveToDatabase({
  pool,
  schema,
  snapshot,
  tell,
}: MoveOptions): Promise<{ records: number; entries: number }> {
  if (snapshot.past.isCopy)
    throw new SyncError('FOLDER_UNUSABLE', 'This folder is a copy of another one, so its epoch may not be kept. Start a server on it once, which gives it a new one, then move it.'); // prettier-ignore
  const moving = `${schema}_moving`;
  const client = await pool.connect();
  try {
    const done = await findFinished(client, schema, snapshot);
    if (done !== null) {
      tell('An earlier move came to its end before the folder was marked.');
      return done;
    }
    await refuseExisting(client, schema);
    // Held until this connection ends, so that two moves never fill one schema.
    const { rows } = await client.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(${lockKey(moving, 'setup')}) as taken`,
    );
    if (rows[0]?.taken !== true) throw new SyncError('STORE_UNAVAILABLE', `Another move into ${schema} is running.`);
    await prepare(client, { schema: moving, snapshot, tell });
    const entries = await copyEntries(client, { schema: moving, snapshot, tell });
    const records = await copyRest(client, moving, snapshot);
    await inTransaction(pool, async (last) => {
      await last.query(`drop table ${moving}.move`);
      await refuseExisting(last, schema);
      await last.query(`alter schema ${moving} rename to ${schema}`);
      // They name their schema.
      await last.query(stagingFunctions(schema, lockKey(schema, 'staged')));
    });
    return { records, entries };
  } finally {
    // Ended and not given back: the lock goes with it.
    client.release(true);
  }
}

type Part = Omit<MoveOptions, 'pool'>;

/** Tables that are empty, or those of a move of the same folder that was interrupted. */
async function prepare(client: PoolClient, { schema, snapshot, tell }: Part): Promise<void> {
  const source = `${snapshot.epoch}:${snapshot.head}`;
  const { rows: found } = await client.query<{ table: string | null }>(`select to_regclass($1)::text as table`, [`${schema}.move`]); // prettier-ignore
  if (found[0]?.table != null) {
    const { rows } = await client.query<{ source: string }>(`select source from ${schema}.move`);
    if (rows[0]?.source === source) {
      tell('An earlier move was interrupted; going on where it was.');
      return;
    }
    tell('An earlier move was interrupted, and the folder was used since; beginning anew.');
  }
  await client.query(`drop schema if exists ${schema} cascade`);
  // On this connection: it holds the lock that `migrate` takes.
  await migrate(asPool(client), schema);
  await ensureEpoch(asPool(client), schema);
  await client.query(`create table ${schema}.move (source text not null)`);
  await client.query(`insert into ${schema}.move (source) values ($1)`, [source]);
}

async function copyEntries(client: PoolClient, { schema, snapshot, tell }: Part): Promise<number> {
  const { rows } = await client.query<{ last: string; count: string }>(`select coalesce(max(seq), 0)::text as last, count(*)::text as count from ${schema}.log`); // prettier-ignore
  let count = Number(rows[0]?.count);
  const entries = inGroups(snapshot.entries(Number(rows[0]?.last)));
  for await (const group of entries) {
    const logged = group.map(({ entry }) => entry);
    await insertEntries(client, schema, logged);
    if (Math.floor((count + group.length) / told) > Math.floor(count / told))
      tell(`${count + group.length} entries copied, up to ${logged.at(-1)?.seq} of ${snapshot.head}.`);
    count += group.length;
  }
  return count;
}

/** In one transaction, emptied first: few beside the log, and the state may have moved since an interruption. */
async function copyRest(client: PoolClient, schema: string, snapshot: FolderSnapshot): Promise<number> {
  let records = 0;
  await inTransaction(asPool(client), async (on) => {
    await on.query(`truncate ${schema}.records, ${schema}.keys, ${schema}.state, ${schema}.deliveries`);
    for await (const group of inGroups(snapshot.records())) {
      await insertRecords(on, schema, group);
      records += group.length;
    }
    for await (const group of inGroups(snapshot.keys())) await insertKeys(on, schema, group);
    for await (const group of inGroups(snapshot.state())) await insertState(on, schema, group);
    let deliveries = 0;
    for await (const group of inGroups(snapshot.deliveries())) {
      await insertDeliveries(on, schema, group, deliveries);
      deliveries += group.length;
    }
    const seq = snapshot.head + (snapshot.past.closedAt === null ? seqSkipAfterCrash : 0);
    await setPlaces(on, schema, { ...snapshot, seq });
    await on.query(`update ${schema}.meta set epoch = $1`, [snapshot.epoch]);
  });
  return records;
}

/** The counts of a move that was interrupted after its rename: same epoch, and the last entry of the folder is in the log. */
async function findFinished(
  client: PoolClient,
  schema: string,
  { epoch, head, lastAt }: FolderSnapshot,
): Promise<{ records: number; entries: number } | null> {
  const { rows: found } = await client.query<{ table: string | null }>(`select to_regclass($1)::text as table`, [`${schema}.meta`]); // prettier-ignore
  if (found[0]?.table == null) return null;
  const { rows } = await client.query<{ records: string; entries: string }>(
    `select (select count(*) from ${schema}.records)::text as records, (select count(*) from ${schema}.log)::text as entries
     from ${schema}.meta where epoch = $1 and exists (select 1 from ${schema}.log where seq = $2 and at = $3)`,
    [epoch, head, lastAt],
  );
  return rows[0] === undefined ? null : { records: Number(rows[0].records), entries: Number(rows[0].entries) };
}

async function refuseExisting(client: Queryable, schema: string): Promise<void> {
  const { rows } = await client.query(`select 1 from pg_namespace where nspname = $1`, [schema]);
  if (rows.length > 0)
    throw new SyncError('STORE_UNAVAILABLE', `The schema ${schema} exists already. Name another one with --schema, or remove it; the folder is as it was.`); // prettier-ignore
}

/** One connection where a pool is asked for; it stays ours. */
function asPool(client: PoolClient): Database {
  const query: Queryable['query'] = (sql, values = []) => client.query(sql, [...values]);
  return { query, connect: () => Promise.resolve({ query, release: () => undefined }) };
}

async function* inGroups<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < rowsPerStatement) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
