import { v7 as uuidV7 } from 'uuid';
import type { DeliveryDetail } from '../log/deliveryLog.ts';
import type { Queryable } from '../stores/postgres/boundDatabase.ts';
import { deliveryStatement, deliveryValues } from '../stores/postgres/postgresDeliveries.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { LogEntry } from '../log/entry.ts';
import type { KeptKey, KeptState } from './snapshot.ts';

/** Rows that one statement takes. */
export const rowsPerStatement = 500;

/**
 * Writes rows of the tables of a store directly, past its `commit`: places, times and epochs are kept as they were.
 *
 * Only for a schema that no server uses; stores/postgres/migrations.ts says what the columns are.
 */
export async function insertRecords(on: Queryable, schema: string, records: readonly StoredRecord[]): Promise<void> {
  await on.query(
    `insert into ${schema}.records (resource, id, version, record, published, authors, changed_by)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::json[], $5::json[], $6::json[], $7::json[])`,
    [
      records.map(({ resource }) => resource),
      records.map(({ id }) => id),
      records.map(({ version }) => version),
      records.map(({ record }) => record && JSON.stringify(record)),
      records.map(({ published }) => published && JSON.stringify(published)),
      records.map(({ authors }) => JSON.stringify(authors)),
      records.map(({ changedBy }) => JSON.stringify(changedBy)),
    ],
  );
}

/** Entries of the log, at their places. */
export async function insertEntries(on: Queryable, schema: string, entries: readonly LogEntry[]): Promise<void> {
  const change = (entry: LogEntry) => (entry.kind === 'change' ? entry : null);
  await on.query(
    `insert into ${schema}.log (seq, at, resource, id, version, entry)
     select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::json[])`,
    [
      entries.map(({ seq }) => seq),
      entries.map(({ at }) => at),
      entries.map((entry) => change(entry)?.resource ?? null),
      entries.map((entry) => change(entry)?.id ?? null),
      entries.map((entry) => change(entry)?.version ?? null),
      entries.map(({ seq: _seq, at: _at, ...draft }) => JSON.stringify(draft)),
    ],
  );
}

/** Keys of saves; of one that was stored twice the later one counts. */
export async function insertKeys(on: Queryable, schema: string, keys: readonly KeptKey[]): Promise<void> {
  const latest = new Map(keys.map((kept) => [JSON.stringify([kept.saved.scope, kept.saved.key]), kept]));
  const rows = [...latest.values()];
  await on.query(
    `insert into ${schema}.keys (scope, key, saved, at) select * from unnest($1::text[], $2::text[], $3::json[], $4::bigint[])
     on conflict (scope, key) do update set saved = excluded.saved, at = excluded.at`,
    [
      rows.map(({ saved }) => saved.scope),
      rows.map(({ saved }) => saved.key),
      rows.map(({ saved }) => JSON.stringify(saved)),
      rows.map(({ at }) => at),
    ],
  );
}

/** Values of the state, with their revisions. */
export async function insertState(on: Queryable, schema: string, values: readonly KeptState[]): Promise<void> {
  await on.query(
    `insert into ${schema}.state (bucket, key, value, revision, expires_at)
     select * from unnest($1::text[], $2::text[], $3::json[], $4::bigint[], $5::bigint[])`,
    [
      values.map(({ bucket }) => bucket),
      values.map(({ key }) => key),
      values.map(({ value }) => JSON.stringify(value)),
      values.map(({ revision }) => revision),
      values.map(({ expiresAt }) => expiresAt ?? null),
    ],
  );
}

/**
 * Deliveries, oldest first. Ids are given anew: those of a folder do not rise with the time, and those of later rows would stand below.
 *
 * Shape   `before` is how many came before, so that rows of one millisecond keep their order
 */
export async function insertDeliveries(
  on: Queryable,
  schema: string,
  rows: readonly DeliveryDetail[],
  before: number,
): Promise<void> {
  const renamed = rows.map((row, index) => ({
    ...row,
    id: uuidV7({ msecs: Date.parse(row.at), seq: (before + index) % 2 ** 31 }),
  }));
  await on.query(deliveryStatement(schema), deliveryValues(renamed));
}

/** Where the log stands, and which revision the state gave last. */
export async function setPlaces(
  on: Queryable,
  schema: string,
  places: { readonly seq: number; readonly lastAt: number; readonly floor: number; readonly stateRevision: number },
): Promise<void> {
  await on.query(`update ${schema}.meta set seq = $1, last_at = $2, floor = $3`, [
    places.seq,
    places.lastAt,
    places.floor,
  ]);
  await on.query(`select setval('${schema}.state_revision', greatest($1::bigint, 1))`, [places.stateRevision]);
}
