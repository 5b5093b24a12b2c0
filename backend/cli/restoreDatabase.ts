import type { Queryable } from '../stores/postgres/boundDatabase.ts';
import { SyncError } from '../../shared/problem.ts';
import { ensureEpoch } from '../stores/postgres/databaseEpoch.ts';
import { inTransaction, migrate } from '../stores/postgres/migrations.ts';
import { toBackupLine, type BackupLine } from './backupFormat.ts';
import { openPool, type CommandTarget } from './commandTarget.ts';
import {
  insertDeliveries,
  insertEntries,
  insertKeys,
  insertRecords,
  insertState,
  rowsPerStatement,
  setPlaces,
} from './insertRecords.ts';
import { contentLines, invalid } from './readLines.ts';
import type { Restored, RestoreSource } from './restoreFolder.ts';

/**
 * Fills a schema from a backup, in one transaction: all of it is there, or nothing.
 *
 * The epoch is stored with an identity that is no database's, so that the store gives a new one and lifts the versions.
 *
 * Errors  STORE_UNAVAILABLE when the schema is not empty or the database does not answer, FILE_INVALID
 */
export async function restoreDatabase(
  { url, schema }: Extract<CommandTarget, { kind: 'database' }>,
  { file, header }: RestoreSource,
): Promise<Restored> {
  const pool = openPool(url);
  try {
    await migrate(pool, schema);
    const counted = await inTransaction(pool, async (client) => {
      await client.query(`lock table ${schema}.meta in access exclusive mode`);
      const { rows } = await client.query<{ seq: string; records: string; state: string }>(
        `select seq::text, (select count(*) from ${schema}.records)::text as records, (select count(*) from ${schema}.state)::text as state from ${schema}.meta`,
      );
      const [meta] = rows;
      if (meta === undefined || [meta.seq, meta.records, meta.state].some((count) => Number(count) > 0))
        throw new SyncError('STORE_UNAVAILABLE', `The schema ${schema} is not empty. Name a new one with --schema; nothing was changed.`); // prettier-ignore
      const filled = await fill(client, schema, file);
      await setPlaces(client, schema, { ...header, seq: header.head });
      await client.query(`update ${schema}.meta set epoch = $1, identity = 'restored'`, [header.epoch]);
      return filled;
    });
    return { ...counted, epoch: await ensureEpoch(pool, schema) };
  } finally {
    await pool.end();
  }
}

async function fill(client: Queryable, schema: string, file: string): Promise<Omit<Restored, 'epoch'>> {
  let [records, entries, deliveries] = [0, 0, 0];
  let waiting: BackupLine[] = [];
  const flush = async (): Promise<void> => {
    const stored = waiting.flatMap((line) => ('stored' in line ? [line.stored] : []));
    const logged = waiting.flatMap((line) => ('entry' in line ? [line.entry] : []));
    const keys = waiting.flatMap((line) => ('key' in line ? [line.key] : []));
    const state = waiting.flatMap((line) => ('state' in line ? [line.state] : []));
    if (stored.length > 0) await insertRecords(client, schema, stored);
    if (logged.length > 0) await insertEntries(client, schema, logged);
    if (keys.length > 0) await insertKeys(client, schema, keys);
    if (state.length > 0) await insertState(client, schema, state);
    const attempts = waiting.flatMap((line) => ('delivery' in line ? [line.delivery] : []));
    if (attempts.length > 0) await insertDeliveries(client, schema, attempts, deliveries);
    deliveries += attempts.length;
    records += stored.length;
    entries += logged.length;
    waiting = [];
  };
  for await (const { line, value } of contentLines(file)) {
    const read = toBackupLine(value);
    if (read === null) throw invalid(file, line, 'this line is of no known kind');
    waiting.push(read);
    if (waiting.length === rowsPerStatement) await flush();
  }
  await flush();
  return { records, entries, deliveries };
}
