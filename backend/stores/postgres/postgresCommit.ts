import PQueue from 'p-queue';
import type { StoredRecord } from '../../log/advance.ts';
import type { SavedKey } from '../../log/entry.ts';
import { SyncError } from '../../../shared/problem.ts';
import { findForbiddenText } from '../checkWrite.ts';
import { keyLifetimeMs } from '../keyLifetime.ts';
import type { CommitOutcome, Write } from '../store.ts';
import { NoAnswer, unavailable, type Database, type Queryable } from './boundDatabase.ts';
import { commitStatement, commitValues, type AcceptedRow, type PreparedWrite } from './commitStatement.ts';
import { Known, nameOf } from './known.ts';
import { inTransaction } from './migrations.ts';
import type { RecentRecords } from './recentRecords.ts';
import { selectRecords, toSavedKey, toStoredRecord, type RecordRow } from './recordRow.ts';
import { takeRound } from './takeRound.ts';

/** A write that waits for its outcome. */
export interface PendingWrite {
  readonly write: Write;
  readonly json: string;
  readonly resolve: (outcome: CommitOutcome) => void;
  /** Outcomes of the writes of its batch that it stands on; null for one that is not decided yet. */
  readonly below: () => readonly (CommitOutcome | null | undefined)[];
}

const attemptsAlone = 4;

/**
 * Stores the writes of a node: those that wait together share one statement.
 *
 * ```
 *  waiting ── a round: one write of each record ──► one statement ──► committed
 *     ▲                                                 ├─ version moved on ──► stale      key known ──► repeated
 *     └── the rest, next round                          └─ row is held, or the statement failed ──► alone, beside the rounds
 * ```
 * A write alone waits for its row for a limited time; one row that another program holds stops nobody else.
 */
export class PostgresCommit {
  readonly #database: Database;
  readonly #schema: string;
  readonly #onCommitted: (seq: number) => void;
  readonly #lockTimeoutMs: number;
  readonly #recent: RecentRecords;
  /** Few, so that held rows do not take all connections of the pool. */
  readonly #alone = new PQueue({ concurrency: 2 });

  constructor(options: {
    readonly database: Database;
    readonly schema: string;
    readonly lockTimeoutMs: number;
    readonly recent: RecentRecords;
    readonly onCommitted: (seq: number) => void;
  }) {
    this.#database = options.database;
    this.#schema = options.schema;
    this.#onCommitted = options.onCommitted;
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#recent = options.recent;
  }

  /** Resolves when every write was decided or is on its way alone; the outcomes come through `resolve`. */
  async commit(writes: readonly PendingWrite[]): Promise<void> {
    let rest = writes.filter((pending) => !isForbidden(pending));
    while (rest.length > 0) {
      const { round, later } = takeRound(rest);
      rest = later;
      const held = await this.#commitRound(round);
      for (const pending of held) {
        // What follows on the same record waits behind it: the order within a batch is promised.
        const name = recordName(pending);
        const chain = [pending, ...rest.filter((other) => name !== null && recordName(other) === name)];
        rest = rest.filter((other) => !chain.includes(other));
        void this.#alone.add(async () => {
          for (const one of chain) one.resolve(await this.#commitAlone(one));
        });
      }
    }
  }

  async finish(): Promise<void> {
    await this.#alone.onIdle();
  }

  /** Returns the writes that have to run alone. */
  async #commitRound(round: readonly PendingWrite[]): Promise<readonly PendingWrite[]> {
    let open = round;
    try {
      const before = this.#recall(round) ?? (await this.#read(this.#database, round));
      const undecided = round.filter((pending) => !resolveDecided(pending, before));
      open = undecided;
      if (undecided.length === 0) return [];
      const committed = await this.#store(
        this.#database,
        undecided.map((pending) => before.prepare(pending)),
      );
      for (const [index, outcome] of committed) (undecided[index] as PendingWrite).resolve(outcome);
      const left = undecided.filter((_, index) => !committed.has(index));
      open = left;
      if (left.length === 0) return [];
      const after = await this.#read(this.#database, left);
      return left.filter((pending) => !resolveDecided(pending, after));
    } catch (error) {
      // Each alone would wait as long once more. What the database was asked it may still do: nobody knows, and that is said.
      if (error instanceof NoAnswer) {
        for (const { resolve } of open) resolve({ status: 'failed', error: unconfirmed(error) });
        return [];
      }
      // Whatever it was, it may be the fault of one write: each is tried alone, and says alone why it failed.
      return open;
    }
  }

  async #commitAlone(pending: PendingWrite): Promise<CommitOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcome = await inTransaction(this.#database, (client) => this.#tryAlone(client, pending));
        if (outcome?.status === 'committed') this.#onCommitted(outcome.entry.seq);
        if (outcome !== null) return outcome;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (code === '55P03') return { status: 'failed', error: busy(error) };
        // A creation or a key that somebody else was faster with, and deadlocks and the like with other programs.
        const canRepeat = ['22012', '23505', '40001', '40P01'].includes(code);
        if (!canRepeat || attempt === attemptsAlone) return { status: 'failed', error: unconfirmed(error) };
      }
      if (attempt === attemptsAlone) return { status: 'failed', error: busy(null) };
    }
  }

  async #tryAlone(client: Queryable, pending: PendingWrite): Promise<CommitOutcome | null> {
    await client.query(`set local lock_timeout = ${this.#lockTimeoutMs}`);
    if ('expectedVersion' in pending.write) {
      const { resource, id } = pending.write.entry;
      await client.query(`select 1 from ${this.#schema}.records where resource = $1 and id = $2 for update`, [
        resource,
        id,
      ]);
    }
    const before = await this.#read(client, [pending]);
    const decided = before.decide(pending);
    if (decided !== null) return decided;
    const committed = await this.#store(client, [before.prepare(pending)], { announce: false });
    return committed.get(0) ?? null;
  }

  async #store(
    on: Queryable,
    writes: readonly PreparedWrite[],
    { announce = true } = {},
  ): Promise<Map<number, CommitOutcome>> {
    const { rows } = await on.query<AcceptedRow>(commitStatement(this.#schema), commitValues(writes));
    const outcomes = new Map<number, CommitOutcome>();
    for (const { ord, seq, at } of rows) {
      const index = Number(ord) - 1;
      const { entry } = (writes[index] as PreparedWrite).write;
      outcomes.set(index, { status: 'committed', entry: { ...entry, seq: Number(seq), at: Number(at) } });
    }
    const last = rows.at(-1);
    if (announce && last !== undefined) this.#onCommitted(Number(last.seq));
    return outcomes;
  }

  /**
   * What the saves of a round have just read; null when something of it was not. It may be older than the database: then the
   * statement leaves the write out, and what there is now is read after it.
   */
  #recall(round: readonly PendingWrite[]): Known | null {
    const records = new Map<string, StoredRecord>();
    for (const { write } of round) {
      if (!('expectedVersion' in write) || write.expectedVersion === 0) continue;
      const { resource, id } = write.entry;
      const stored = this.#recent.at(resource, id, write.expectedVersion);
      if (stored === undefined) return null;
      records.set(nameOf(resource, id), stored);
    }
    return new Known(records, new Map());
  }

  async #read(on: Queryable, writes: readonly PendingWrite[]): Promise<Known> {
    const changes = writes.flatMap(({ write }) => ('expectedVersion' in write ? [write.entry] : []));
    const keys = writes.flatMap(({ write }) => (write.entry.key === undefined ? [] : [write.entry.key]));
    const records = new Map<string, StoredRecord>();
    const saved = new Map<string, SavedKey>();
    if (changes.length > 0) {
      const { rows } = await on.query<RecordRow>(
        `${selectRecords(this.#schema)} where (r.resource, r.id) in (select * from unnest($1::text[], $2::text[]))`,
        [changes.map(({ resource }) => resource), changes.map(({ id }) => id)],
      );
      for (const row of rows) records.set(nameOf(row.resource, row.id), toStoredRecord(row));
    }
    if (keys.length > 0) {
      const { rows } = await on.query<{ scope: string; key: string; saved: string }>(
        `select scope, key, saved::text from ${this.#schema}.keys where at > $3 and (scope, key) in (select * from unnest($1::text[], $2::text[]))`,
        [keys.map(({ scope }) => scope), keys.map(({ key }) => key), Date.now() - keyLifetimeMs],
      );
      for (const row of rows) saved.set(nameOf(row.scope, row.key), toSavedKey(row));
    }
    return new Known(records, saved);
  }
}

function resolveDecided(pending: PendingWrite, known: Known): boolean {
  const outcome = known.decide(pending);
  if (outcome !== null) pending.resolve(outcome);
  return outcome !== null;
}

function isForbidden({ json, resolve }: PendingWrite): boolean {
  const error = findForbiddenText(json);
  if (error !== null) resolve({ status: 'failed', error });
  return error !== null;
}

function recordName({ write }: PendingWrite): string | null {
  return 'expectedVersion' in write ? nameOf(write.entry.resource, write.entry.id) : null;
}

function busy(cause: unknown): SyncError {
  return new SyncError(
    'SAVE_BUSY',
    'Another program is working on this record; nothing of this save was kept. Try again.',
    { cause, extensions: { retryAfterSeconds: 1 } },
  );
}

function unconfirmed(cause: unknown): SyncError {
  return unavailable('The database did not confirm this save. Load the record before trying again.', cause);
}
