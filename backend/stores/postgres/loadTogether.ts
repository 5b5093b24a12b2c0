import type { StoredRecord } from '../../log/advance.ts';
import { createGroupQueue } from '../groupQueue.ts';
import { unavailable, type Queryable } from './boundDatabase.ts';
import type { RecentRecords } from './recentRecords.ts';
import { selectRecords, type RecordRow } from './recordRow.ts';

interface RecordName {
  readonly resource: string;
  readonly id: string;
}

/**
 * Loads records; those that are asked for while a question is under way share the next one.
 *
 * A question begins after everything that it answers was asked, so that nobody gets an older state than alone. Of many saves
 * at once, one query each would cost a node more than merging them.
 *
 * Errors  STORE_UNAVAILABLE
 */
export function loadTogether(options: {
  readonly database: Queryable;
  readonly schema: string;
  readonly recent: RecentRecords;
}): (resource: string, id: string) => Promise<StoredRecord | null> {
  const { database, schema, recent } = options;
  const sql = `${selectRecords(schema)} where (r.resource, r.id) in (select * from unnest($1::text[], $2::text[]))`;
  const queue = createGroupQueue<RecordName, StoredRecord | null>({
    async run(names) {
      const found = new Map((await ask(names)).map((row) => [nameOf(row), recent.keep(row)]));
      return names.map((name) => found.get(nameOf(name)) ?? null);
    },
    size: () => 1,
    maxGroupSize: 100,
  });

  async function ask(names: readonly RecordName[]): Promise<readonly RecordRow[]> {
    const values = [names.map(({ resource }) => resource), names.map(({ id }) => id)];
    try {
      return (await database.query<RecordRow>(sql, values)).rows;
    } catch (cause) {
      throw unavailable('The database did not answer.', cause);
    }
  }

  return (resource, id) => queue.add({ resource, id });
}

function nameOf({ resource, id }: RecordName): string {
  return JSON.stringify([resource, id]);
}
