import { v7 as uuidv7 } from 'uuid';
import { advance } from '../../log/advance.ts';
import { liftVersion } from '../../log/liftVersion.ts';
import type { Database, Queryable } from './boundDatabase.ts';
import { inTransaction, lockKey } from './migrations.ts';
import { selectRecords, toStoredRecord, type RecordRow } from './recordRow.ts';

const liftGroupSize = 500;

/**
 * Makes sure that the epoch belongs to this database, and gives it a new one where it does not.
 *
 * A restore, point-in-time recovery and a failover run no code of ours: the epoch comes back with the data. So it is kept
 * together with what tells databases apart: the cluster, its timeline, the database and the table of the log (a dump that
 * is read back makes a new table). With a new epoch every version is lifted, in the same transaction.
 */
export async function ensureEpoch(database: Database, schema: string): Promise<string> {
  return inTransaction(database, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${lockKey(schema, 'setup')})`);
    const { rows } = await client.query<{ epoch: string; identity: string; actual: string }>(
      `select epoch, identity, concat_ws('/',
         (select system_identifier from pg_control_system()),
         (select timeline_id from pg_control_checkpoint()),
         (select oid from pg_database where datname = current_database()),
         '${schema}.log'::regclass::oid) as actual
       from ${schema}.meta`,
    );
    const { epoch, identity, actual } = rows[0] as { epoch: string; identity: string; actual: string };
    if (identity === actual) return epoch;
    if (epoch !== '') await liftVersions(client, schema);
    const next = uuidv7();
    await client.query(`update ${schema}.meta set epoch = $1, identity = $2`, [next, actual]);
    return next;
  });
}

async function liftVersions(client: Queryable, schema: string): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(${lockKey(schema, 'log')})`);
  const { rows } = await client.query<RecordRow>(`${selectRecords(schema)} order by r.resource, r.id for update of r`);
  const { rows: meta } = await client.query<{ seq: string; last_at: string }>(
    `select seq::text, last_at::text from ${schema}.meta`,
  );
  let seq = Number(meta[0]?.seq);
  let at = Number(meta[0]?.last_at);
  for (let start = 0; start < rows.length; start += liftGroupSize) {
    const lifted = rows.slice(start, start + liftGroupSize).map((row) => {
      const stored = toStoredRecord(row);
      const draft = liftVersion(stored);
      seq += 1;
      at = Math.max(Date.now(), at + 1);
      return { draft, next: advance(stored, { ...draft, seq, at }), seq, at };
    });
    await client.query(
      `insert into ${schema}.log (seq, at, resource, id, version, entry)
       select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::json[])`,
      [
        lifted.map((one) => one.seq),
        lifted.map((one) => one.at),
        lifted.map(({ draft }) => draft.resource),
        lifted.map(({ draft }) => draft.id),
        lifted.map(({ draft }) => draft.version),
        lifted.map(({ draft }) => JSON.stringify(draft)),
      ],
    );
    await client.query(
      `update ${schema}.records r
       set version = l.version, authors = l.authors, changed_by = l.changed_by, record = l.record, published = l.published
       from unnest($1::text[], $2::text[], $3::bigint[], $4::json[], $5::json[], $6::json[], $7::json[])
         as l(resource, id, version, authors, changed_by, record, published)
       where (r.resource, r.id) = (l.resource, l.id)`,
      [
        lifted.map(({ next }) => next.resource),
        lifted.map(({ next }) => next.id),
        lifted.map(({ next }) => next.version),
        lifted.map(({ next }) => JSON.stringify(next.authors)),
        lifted.map(({ next }) => JSON.stringify(next.changedBy)),
        lifted.map(({ next }) => next.record && JSON.stringify(next.record)),
        lifted.map(({ next }) => next.published && JSON.stringify(next.published)),
      ],
    );
  }
  await client.query(`update ${schema}.meta set seq = $1, last_at = $2`, [seq, at]);
}
