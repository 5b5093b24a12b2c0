import type { Pool } from 'pg';
import type { Resealer } from './createResealer.ts';

/** How much was sealed anew. */
export interface Resealed {
  readonly records: number;
  readonly entries: number;
}

const pageSize = 200;

/**
 * Seals a schema anew while servers run: they open both keys, and seal with the new one.
 *
 * Records are written only at the version that was read. A save that had read a record before may still put the old seal back; so it
 * looks until it finds none, and the operator looks once more before the old key goes.
 *
 * Errors  whatever the database says; what was done stays, and the next run goes on
 */
export async function resealDatabase(pool: Pool, schema: string, { reseal }: Resealer): Promise<Resealed> {
  let [records, entries] = [0, 0];
  for (;;) {
    const done = { records: await resealRecords(pool, schema, reseal), entries: await resealLog(pool, schema, reseal) };
    records += done.records;
    entries += done.entries;
    if (done.records + done.entries === 0) return { records, entries };
  }
}

async function resealRecords(pool: Pool, schema: string, reseal: Resealer['reseal']): Promise<number> {
  let [count, lastResource, lastId] = [0, '', ''];
  for (;;) {
    const { rows } = await pool.query<{ resource: string; id: string; version: string; record: string | null; published: string | null }>(
      `select resource, id, version::text, record::text, published::text from ${schema}.records
       where (resource, id) > ($1, $2) and (record::text like '%"sealed:%' or published::text like '%"sealed:%')
       order by resource, id limit ${pageSize}`,
      [lastResource, lastId],
    ); // prettier-ignore
    for (const { resource, id, version, record, published } of rows) {
      [lastResource, lastId] = [resource, id];
      const next = [record, published].map((text) => text && reseal(text));
      if (next[0] === record && next[1] === published) continue;
      const { rowCount } = await pool.query(
        `update ${schema}.records set record = $1::json, published = $2::json where resource = $3 and id = $4 and version = $5`,
        [...next, resource, id, version],
      );
      count += rowCount ?? 0;
    }
    if (rows.length < pageSize) return count;
  }
}

async function resealLog(pool: Pool, schema: string, reseal: Resealer['reseal']): Promise<number> {
  let [count, last] = [0, '0'];
  for (;;) {
    const { rows } = await pool.query<{ seq: string; entry: string }>(
      `select l.seq::text, l.entry::text from ${schema}.log l where l.seq > $1 and l.entry::text like '%"sealed:%' order by l.seq limit ${pageSize}`,
      [last],
    );
    for (const { seq, entry } of rows) {
      last = seq;
      const next = reseal(entry);
      if (next === entry) continue;
      await pool.query(`update ${schema}.log set entry = $1::json where seq = $2`, [next, seq]);
      count += 1;
    }
    if (rows.length < pageSize) return count;
  }
}
