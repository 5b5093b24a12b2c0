import type { DeclaredResource } from '../store.ts';
import { unavailable, type Database } from './boundDatabase.ts';
import { inTransaction, lockKey } from './migrations.ts';

/** What is declared, where the database can see it, and how much of it there is. */
export interface PostgresResources {
  /** Writes the declarations; of several nodes the one that started last counts. */
  declare(resources: readonly DeclaredResource[]): Promise<void>;
  /** Counted, not estimated: one look at every record. */
  countRecords(): Promise<ReadonlyMap<string, number>>;
}

/**
 * The table `resources` and the counts behind the view `realtime_configuration`.
 *
 * Errors  STORE_UNAVAILABLE
 */
export function postgresResources(database: Database, schema: string): PostgresResources {
  return {
    async declare(resources) {
      const names = resources.map(({ name }) => name);
      const live = resources.map((resource) => String(resource.live));
      const priorities = resources.map(({ priority }) => priority);
      await asStore(
        inTransaction(database, async (client) => {
          // Nodes that start in one moment would take the rows in different orders.
          await client.query(`select pg_advisory_xact_lock(${lockKey(schema, 'setup')})`);
          await client.query(`delete from ${schema}.resources where name <> all($1::text[])`, [names]);
          await client.query(
            `insert into ${schema}.resources (name, live, priority) select * from unnest($1::text[], $2::text[], $3::text[])
             on conflict (name) do update set live = excluded.live, priority = excluded.priority`,
            [names, live, priorities],
          );
        }),
      );
    },
    async countRecords() {
      const { rows } = await asStore(
        database.query<{ resource: string; count: string }>(
          `select resource, count(*)::text as count from ${schema}.records where record is not null group by resource`,
        ),
      );
      return new Map(rows.map(({ resource, count }) => [resource, Number(count)]));
    },
  };
}

async function asStore<Result>(running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (cause) {
    throw unavailable('The database did not answer.', cause);
  }
}
