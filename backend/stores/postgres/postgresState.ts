import type { JsonValue } from '../../../shared/json.ts';
import type { StateItem, StateStore } from '../store.ts';
import { unavailable, type Database } from './boundDatabase.ts';

interface StateRow {
  readonly key: string;
  readonly value: string;
  readonly revision: string;
}

/** The state in PostgreSQL. Revisions come from one sequence, so that one that was deleted is never met again. */
export function postgresState(database: Database, schema: string): StateStore {
  const table = `${schema}.state`;
  const next = `nextval('${schema}.state_revision')`;
  const isAlive = (now: string): string => `(s.expires_at is null or s.expires_at > ${now})`;

  async function query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await database.query<Row>(sql, [...values])).rows;
    } catch (cause) {
      throw unavailable('The database did not answer.', cause);
    }
  }

  const upsert = `insert into ${table} as s (bucket, key, value, revision, expires_at) values ($1, $2, $3::json, ${next}, $4)
    on conflict (bucket, key) do update set value = excluded.value, revision = excluded.revision, expires_at = excluded.expires_at`;

  return {
    async get(bucket, key) {
      const [row] = await query<StateRow>(
        `select key, value::text, revision::text from ${table} s where bucket = $1 and key = $2 and ${isAlive('$3')}`,
        [bucket, key, Date.now()],
      );
      return row === undefined ? null : toItem(row);
    },
    async list(bucket) {
      const rows = await query<StateRow>(
        `select key, value::text, revision::text from ${table} s where bucket = $1 and ${isAlive('$2')} order by key`,
        [bucket, Date.now()],
      );
      // Sorted here: the database orders by code points, every store by code units.
      return rows.map(toItem).sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async put(bucket, key, value, { ifRevision, expiresAt } = {}) {
      const given = [bucket, key, JSON.stringify(value), expiresAt ?? null];
      let rows: { revision: string }[];
      if (ifRevision === undefined) rows = await query(`${upsert} returning s.revision::text`, given);
      else if (ifRevision === 0)
        rows = await query(`${upsert} where not ${isAlive('$5')} returning s.revision::text`, [...given, Date.now()]);
      else {
        rows = await query(
          `update ${table} s set value = $3::json, revision = ${next}, expires_at = $4
           where bucket = $1 and key = $2 and revision = $6 and ${isAlive('$5')} returning s.revision::text`,
          [...given, Date.now(), ifRevision],
        );
      }
      return rows[0] === undefined ? null : Number(rows[0].revision);
    },
    async putMany(bucket, puts) {
      if (puts.length === 0) return [];
      // Rows are locked in one order, so that two nodes never wait for each other in a circle.
      const ordered = [...puts].sort((a, b) => (a.key < b.key ? -1 : 1));
      const rows = await query<{ key: string; revision: string }>(
        `with given as materialized (
           select * from unnest($2::text[], $3::text[], $4::bigint[]) as g(key, value, expected)
         ), held as materialized (
           select s.key, s.revision, ${isAlive('$5')} as alive from ${table} s
           where s.bucket = $1 and s.key = any($2) order by s.key for update
         ), fit as materialized (
           select g.* from given g left join held h on h.key = g.key
           where g.expected = case when h.alive then h.revision else 0 end
         )
         insert into ${table} as s (bucket, key, value, revision, expires_at)
         select $1, key, value::json, ${next}, null from fit order by key
         on conflict (bucket, key) do update set value = excluded.value, revision = excluded.revision, expires_at = null
           where s.revision = (select h.revision from held h where h.key = s.key)
         returning s.key, s.revision::text`,
        [
          bucket,
          ordered.map(({ key }) => key),
          ordered.map(({ value }) => JSON.stringify(value)),
          ordered.map(({ ifRevision }) => ifRevision),
          Date.now(),
        ],
      );
      const revisions = new Map(rows.map(({ key, revision }) => [key, Number(revision)]));
      return puts.map(({ key }) => revisions.get(key) ?? null);
    },
    async delete(bucket, key) {
      await query(`delete from ${table} where bucket = $1 and key = $2`, [bucket, key]);
    },
  };
}

function toItem({ key, value, revision }: StateRow): StateItem {
  return { key, value: JSON.parse(value) as JsonValue, revision: Number(revision) };
}
