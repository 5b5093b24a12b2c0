import type { Pool, PoolClient } from 'pg';
import type { DeliveryDetail } from '../log/deliveryLog.ts';
import { SyncError } from '../../shared/problem.ts';
import type { JsonValue } from '../../shared/json.ts';
import { keyLifetimeMs } from '../stores/keyLifetime.ts';
import { selectRecords, toEntry, toSavedKey, toStoredRecord, type LogRow, type RecordRow } from '../stores/postgres/recordRow.ts'; // prettier-ignore
import type { KeptKey, KeptState, PlacedEntry, Snapshot } from './snapshot.ts';

const pageSize = 500;

interface MetaRow {
  readonly epoch: string;
  readonly seq: string;
  readonly floor: string;
  readonly last_at: string;
  readonly revision: string;
}

/**
 * Everything in a schema, in one repeatable-read transaction: saves go on beside it and are not in it.
 *
 * Errors  STORE_UNAVAILABLE when the database does not answer or has no tables of ours
 */
export async function databaseSnapshot(pool: Pool, schema: string): Promise<Snapshot> {
  const client = await connect(pool);
  try {
    await client.query('begin isolation level repeatable read read only');
    await refuseMissing(client, schema);
    const { rows } = await client.query<MetaRow>(
      `select epoch, seq::text, floor::text, last_at::text, (select last_value::text from ${schema}.state_revision) as revision from ${schema}.meta`,
    );
    const [meta] = rows;
    if (meta === undefined)
      throw new SyncError('STORE_UNAVAILABLE', `The table ${schema}.meta is empty; restore it from a backup.`);
    return { ...fromMeta(client, schema, meta), notes: await untold(client, schema) };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** What other transactions left and no server made a change of: it has no place in the log, and for some of it there is no other source. */
async function untold(client: PoolClient, schema: string): Promise<readonly string[]> {
  const { rows: found } = await client.query<{ table: string | null }>(`select to_regclass($1)::text as table`, [`${schema}.staged`]); // prettier-ignore
  if (found[0]?.table == null) return [];
  const { rows } = await client.query<{ count: string }>(`select count(*)::text as count from ${schema}.staged`);
  const count = Number(rows[0]?.count ?? 0);
  if (count === 0) return [];
  return [`${count} committed changes wait to be told and are not in this copy. Let a server that declares their resources tell them, see npx backoffice-sync check, and copy again.`]; // prettier-ignore
}

function fromMeta(client: PoolClient, schema: string, meta: MetaRow): Omit<Snapshot, 'notes'> {
  return {
    epoch: meta.epoch,
    head: Number(meta.seq),
    floor: Number(meta.floor),
    lastAt: Number(meta.last_at),
    stateRevision: Number(meta.revision),
    async resources() {
      const { rows } = await client.query<{ resource: string }>(
        `select distinct resource from ${schema}.records where record is not null order by resource`,
      );
      return rows.map(({ resource }) => resource);
    },
    async *records(resource) {
      const only = resource === undefined ? '' : 'and r.resource = $4';
      const sql = `${selectRecords(schema)} where (r.resource, r.id) > ($1, $2) ${only} order by r.resource, r.id limit $3`;
      yield* pages<RecordRow, ReturnType<typeof toStoredRecord>>(
        (last) => client.query<RecordRow>(sql, [last?.resource ?? '', last?.id ?? '', pageSize, ...(resource === undefined ? [] : [resource])]), // prettier-ignore
        toStoredRecord,
      );
    },
    async *entries(after = 0): AsyncGenerator<PlacedEntry> {
      // `order by seq` alone would mean the text: 10 before 9.
      const sql = `select l.seq::text, l.at::text, l.entry::text from ${schema}.log l where l.seq > $1 order by l.seq limit $2`;
      yield* pages<LogRow, PlacedEntry>(
        (last) => client.query<LogRow>(sql, [last?.seq ?? after, pageSize]),
        (row) => ({ entry: toEntry(row), place: `${schema}.log, seq ${row.seq}` }),
      );
    },
    async *keys(): AsyncGenerator<KeptKey> {
      const sql = `select scope, key, saved::text, at::text from ${schema}.keys where (scope, key) > ($1, $2) and at > $4 order by scope, key limit $3`;
      const oldest = Date.now() - keyLifetimeMs;
      yield* pages<{ scope: string; key: string; saved: string; at: string }, KeptKey>(
        (last) => client.query(sql, [last?.scope ?? '', last?.key ?? '', pageSize, oldest]),
        (row) => ({ saved: toSavedKey(row), at: Number(row.at) }),
      );
    },
    async *state(): AsyncGenerator<KeptState> {
      const sql = `select bucket, key, value::text, revision::text, expires_at::text from ${schema}.state
        where (bucket, key) > ($1, $2) and (expires_at is null or expires_at > $4) order by bucket, key limit $3`;
      const now = Date.now();
      yield* pages<
        { bucket: string; key: string; value: string; revision: string; expires_at: string | null },
        KeptState
      >(
        (last) => client.query(sql, [last?.bucket ?? '', last?.key ?? '', pageSize, now]),
        ({ bucket, key, value, revision, expires_at }) => ({
          bucket,
          key,
          value: JSON.parse(value) as JsonValue,
          revision: Number(revision),
          ...(expires_at === null ? {} : { expiresAt: Number(expires_at) }),
        }),
      );
    },
    async *deliveries(): AsyncGenerator<DeliveryDetail> {
      const sql = `select at::text, endpoint, id, row::text, detail::text from ${schema}.deliveries
        where (at, endpoint, id) > ($1, $2, $3) order by deliveries.at, endpoint, id limit $4`;
      yield* pages<{ at: string; endpoint: string; id: string; row: string; detail: string }, DeliveryDetail>(
        (last) => client.query(sql, [last?.at ?? 0, last?.endpoint ?? '', last?.id ?? '', pageSize]),
        ({ row, detail }) => ({ ...(JSON.parse(row) as DeliveryDetail), ...(JSON.parse(detail) as object) }),
      );
    },
    async close() {
      await client.query('rollback');
      client.release();
    },
  };
}

async function* pages<Row extends object, Item>(
  read: (last: Row | undefined) => Promise<{ rows: Row[] }>,
  make: (row: Row) => Item,
): AsyncGenerator<Item> {
  for (let last: Row | undefined; ;) {
    const { rows } = await read(last);
    for (const row of rows) yield make(row);
    if (rows.length < pageSize) return;
    last = rows.at(-1);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new SyncError('STORE_UNAVAILABLE', 'The database cannot be reached.', { cause });
  }
}

async function refuseMissing(client: PoolClient, schema: string): Promise<void> {
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass($1)::text as found`, [`${schema}.meta`]); // prettier-ignore
  if (rows[0]?.found == null)
    throw new SyncError('STORE_UNAVAILABLE', `The database has no tables in the schema ${schema}. Start the server once, or run: npx backoffice-sync migrate`); // prettier-ignore
}
