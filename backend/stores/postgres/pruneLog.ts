import { removedMessages, removedMessagesType } from '../../log/removedMessages.ts';
import { keyLifetimeMs } from '../keyLifetime.ts';
import type { Database } from './boundDatabase.ts';
import { inTransaction } from './migrations.ts';

/**
 * Removes entries that are older than the retention and not among the last versions of their record, keys and state that
 * ran out; raises the floor to the last removed place. Any number of nodes may do it.
 *
 * Messages go much earlier and leave the floor where it is: a reader behind them has missed no change. The last of them
 * becomes the entry that says so; one is enough, as everybody who missed any of them passes it.
 */
export async function pruneLog(options: {
  readonly pool: Database;
  readonly schema: string;
  readonly keptVersions: number;
  /** Milliseconds since 1970: what is older may go. */
  readonly olderThan: number;
  /** The same for messages. */
  readonly messagesOlderThan: number;
}): Promise<void> {
  const { pool, schema } = options;
  const marker = JSON.stringify({ ...removedMessages({ seq: 0, at: 0 }), seq: undefined, at: undefined });
  await inTransaction(pool, async (client) => {
    // The floor in the same transaction: a reader sees both or none.
    await client.query(
      `with removed as (
         delete from ${schema}.log l where at < $1 and (resource is null and entry->>'kind' <> 'message' or resource is not null and seq not in (
           select seq from ${schema}.log n where n.resource = l.resource and n.id = l.id order by version desc limit $2
         )) returning seq
       )
       update ${schema}.meta set floor = greatest(floor, (select max(seq) from removed))`,
      [options.olderThan, options.keptVersions],
    );
    await client.query(
      `with old as materialized (
         select seq from ${schema}.log where resource is null and at < $1 and entry->>'kind' = 'message'
       ), last as (
         select max(seq) as seq from old
       ), removed as (
         delete from ${schema}.log where seq in (select seq from old) and seq < (select seq from last)
       )
       update ${schema}.log set entry = $2::json where seq = (select seq from last) and entry->>'type' <> $3`,
      [options.messagesOlderThan, marker, removedMessagesType],
    );
    await client.query(`delete from ${schema}.keys where at < $1`, [Date.now() - keyLifetimeMs]);
    await client.query(`delete from ${schema}.state where expires_at < $1`, [Date.now()]);
  });
}
