import type { Pool } from 'pg';
import { keyLifetimeMs } from '../keyLifetime.ts';
import { inTransaction } from './migrations.ts';

/**
 * Removes entries that are older than the retention and not among the last versions of their record, keys and state that
 * ran out; raises the floor to the last removed place. Any number of nodes may do it.
 */
export async function pruneLog(options: {
  readonly pool: Pool;
  readonly schema: string;
  readonly keptVersions: number;
  /** Milliseconds since 1970: what is older may go. */
  readonly olderThan: number;
}): Promise<void> {
  const { pool, schema } = options;
  await inTransaction(pool, async (client) => {
    // The floor in the same transaction: a reader sees both or none.
    await client.query(
      `with removed as (
         delete from ${schema}.log l where at < $1 and (resource is null or seq not in (
           select seq from ${schema}.log n where n.resource = l.resource and n.id = l.id order by version desc limit $2
         )) returning seq
       )
       update ${schema}.meta set floor = greatest(floor, (select max(seq) from removed))`,
      [options.olderThan, options.keptVersions],
    );
    await client.query(`delete from ${schema}.keys where at < $1`, [Date.now() - keyLifetimeMs]);
    await client.query(`delete from ${schema}.state where expires_at < $1`, [Date.now()]);
  });
}
