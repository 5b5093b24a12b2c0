import type { Pool } from 'pg';
import { SyncError } from '../../../shared/problem.ts';
import { checkWrite } from '../checkWrite.ts';
import type { DeliveryLog } from '../../log/deliveryLog.ts';
import { createGroupQueue } from '../groupQueue.ts';
import { keyLifetimeMs } from '../keyLifetime.ts';
import { foundations } from '../foundations.ts';
import type { CommitOutcome, Store, Write } from '../store.ts';
import { boundDatabase, unavailable } from './boundDatabase.ts';
import { ensureEpoch } from './databaseEpoch.ts';
import { loadTogether } from './loadTogether.ts';
import { createLogWakeup } from './logWakeup.ts';
import { migrate } from './migrations.ts';
import { PostgresCommit, type PendingWrite } from './postgresCommit.ts';
import { postgresDeliveries } from './postgresDeliveries.ts';
import { postgresLeases } from './postgresLeases.ts';
import { PostgresLog } from './postgresLog.ts';
import { postgresPresence } from './postgresPresence.ts';
import { postgresResources } from './postgresResources.ts';
import { leastConnections, postgresStaging } from './postgresStaging.ts';
import { postgresState } from './postgresState.ts';
import { pruneLog } from './pruneLog.ts';
import { recentRecords } from './recentRecords.ts';
import { enableRowSecurity, refuseBoundServer, type RowSecurity } from './rowSecurity.ts';
import { selectRecords, toSavedKey, toStoredRecord, type RecordRow } from './recordRow.ts';

/** Options of the store in PostgreSQL. */
export interface PostgresStoreOptions {
  /** The integrator's pool. One of its connections listens; the store never ends the pool. */
  readonly pool: Pool;
  /** The schema of the tables, made when it does not exist (default `backoffice_sync`). */
  readonly schema?: string;
  /** Lets another role read the records of one tenant, by row level security; see docs/row-security.md. Default none. */
  readonly rowSecurity?: RowSecurity;
  /** How often a node looks at the log without being woken (default 1,000 milliseconds). */
  readonly safetyPollMs?: number;
  /** How long a save waits for a row that another program holds, before it is SAVE_BUSY (default 2,000 milliseconds). */
  readonly lockTimeoutMs?: number;
  /** How long any answer of the database is waited for, before it is STORE_UNAVAILABLE (default 10,000 milliseconds). Also the limit for new connections of a pool that has none. */
  readonly answerTimeoutMs?: number;
  /** How long changes are kept at least (default 90 days). */
  readonly retentionDays?: number;
  /** How long messages are kept (default 24 hours). */
  readonly messageRetentionHours?: number;
  /** How many versions of a record are kept however old they are (default 100). */
  readonly keptVersions?: number;
  /** Gets what an operator should know and no caller can be told (default: `process.emitWarning`). */
  readonly onWarning?: (message: string) => void;
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const pruneEveryMs = hourMs;
/** For what looks at every record or entry. */
const wholeTableTimeoutMs = 10 * 60 * 1000;

/**
 * Creates the store in PostgreSQL 15 or later: for several nodes, or beside data that is there already.
 *
 * Errors  OPTION_INVALID here; from the database whatever it says when `open` cannot make or read the tables
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { pool, schema = 'backoffice_sync', safetyPollMs = 1_000, retentionDays = 90, keptVersions = 100 } = options;
  const { messageRetentionHours = 24, answerTimeoutMs = 10_000 } = options;
  const { lockTimeoutMs = 2_000, onWarning = (message: string) => process.emitWarning(message) } = options;
  for (const [name, value] of Object.entries({ lockTimeoutMs, answerTimeoutMs })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SyncError('OPTION_INVALID', `\`${name}\` has to be a whole number above 0; received ${value}.`);
  }
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) {
    throw new SyncError(
      'OPTION_INVALID',
      `\`schema\` has to be a lower-case name of letters, digits and _; received ${JSON.stringify(schema)}.`,
    );
  }
  const database = boundDatabase(pool, answerTimeoutMs);
  const patient = boundDatabase(pool, wholeTableTimeoutMs, { asksAlways: true });
  const staging = postgresStaging(database, schema);
  const log = new PostgresLog(database, schema, () => staging.note());
  const wakeup = createLogWakeup({
    pool,
    database,
    answerTimeoutMs,
    channel: `${schema}_log`,
    safetyPollMs,
    onWake: () => log.refresh(),
    async onReconnect() {
      await database.probe();
      await ensureEpoch(patient, schema);
    },
    onWarning,
  });
  const recent = recentRecords(() => log.epoch);
  const commits = new PostgresCommit({
    database,
    schema,
    recent,
    lockTimeoutMs,
    onCommitted(seq) {
      log.note(log.epoch, seq);
      wakeup.notify();
    },
  });
  // A result in an object, so that the next group does not wait for a write that runs alone.
  const queue = createGroupQueue<readonly Write[], { readonly outcomes: Promise<readonly CommitOutcome[]> }>({
    async run(batches) {
      const pending: PendingWrite[] = [];
      const results = batches.map((batch) => ({
        outcomes: addBatch(pending, batch),
      }));
      await commits.commit(pending);
      return results;
    },
    size: (batch) => batch.length,
    maxGroupSize: 500,
  });
  let pruneTimer: NodeJS.Timeout | null = null;
  let isClosing = false;
  let deliveries: DeliveryLog | null = null;

  async function read<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await database.query<Row>(sql, [...values])).rows;
    } catch (cause) {
      throw unavailable('The database did not answer.', cause);
    }
  }

  return {
    name: 'postgres',
    log,
    state: postgresState(database, schema),
    presence: postgresPresence(database, schema),
    ...postgresResources(database, schema),
    leases: postgresLeases(database, schema),
    ...((pool.options.max ?? 10) < leastConnections ? {} : { staging }),
    openDeliveries: async (onLoss) => (deliveries = postgresDeliveries(database, schema, onLoss)),
    async open() {
      await migrate(patient, schema);
      await refuseBoundServer(patient, schema);
      if (options.rowSecurity !== undefined) await enableRowSecurity(patient, schema, options.rowSecurity);
      await ensureEpoch(patient, schema);
      await staging.retryRefused();
      await log.refresh();
      await wakeup.start();
      pruneTimer = setInterval(() => {
        const olderThan = Date.now() - retentionDays * dayMs;
        const messagesOlderThan = Date.now() - messageRetentionHours * hourMs;
        pruneLog({ pool: patient, schema, keptVersions, olderThan, messagesOlderThan }).catch((error: unknown) => {
          onWarning(`Old entries of the log could not be removed; it is tried again in an hour. ${String(error)}`);
        });
      }, pruneEveryMs).unref();
    },
    load: loadTogether({ database, schema, recent }),
    async list(resource) {
      const rows = await read<RecordRow>(`${selectRecords(schema)} where r.resource = $1 and r.record is not null`, [
        resource,
      ]);
      // Sorted here: the database orders by code points, every store by code units.
      return rows.map(toStoredRecord).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async commit(batch) {
      for (const write of batch) checkWrite(write);
      if (isClosing) {
        const error = unavailable('The store is closed; open it again to save.', undefined);
        return batch.map(() => ({ status: 'failed', error }));
      }
      return batch.length === 0 ? [] : (await queue.add(batch)).outcomes;
    },
    async findKey(scope, key) {
      const [row] = await read<{ saved: string }>(
        `select saved::text from ${schema}.keys where scope = $1 and key = $2 and at > $3`,
        [scope, key, Date.now() - keyLifetimeMs],
      );
      return row === undefined ? null : toSavedKey(row);
    },
    async close() {
      isClosing = true;
      if (pruneTimer !== null) clearInterval(pruneTimer);
      await queue.finish();
      await commits.finish();
      await deliveries?.flush();
      await wakeup.stop();
    },
  };
}

function addBatch(pending: PendingWrite[], batch: readonly Write[]): Promise<CommitOutcome[]> {
  const below = foundations(batch);
  const decided: (CommitOutcome | null)[] = batch.map(() => null);
  return Promise.all(
    batch.map(
      (write, index) =>
        new Promise<CommitOutcome>((done) =>
          pending.push({
            write,
            json: JSON.stringify(write.entry),
            below: () => below[index]?.map((earlier) => decided[earlier]) ?? [],
            resolve(outcome) {
              decided[index] = outcome;
              done(outcome);
            },
          }),
        ),
    ),
  );
}
