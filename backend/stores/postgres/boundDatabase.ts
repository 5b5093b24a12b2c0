import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { SyncError } from '../../../shared/problem.ts';

/** Asks the database; what a pool and one of its connections have in common. */
export interface Queryable {
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<QueryResult<Row>>;
}

/** A connection that was taken out of the pool. */
export interface Connection extends Queryable {
  release(isBroken?: boolean): void;
  /** How a transaction begins here. Default `begin`. */
  readonly begin?: string;
}

/** Where queries go: a pool, or one whose answers are waited for only so long. */
export interface Database extends Queryable {
  connect(): Promise<Connection>;
}

/** A database that nobody waits for without end. */
export interface BoundDatabase extends Database {
  /** Asks also while the database is silent; who gets an answer opens the way for everybody. */
  probe(): Promise<void>;
}

/** An answer did not come in time, or was not asked for as others had waited in vain: what became of the question is open. */
export class NoAnswer extends Error {}

const retryAfterSeconds = 1;
/** A timer counts whole milliseconds of its loop, and may ring that much before the clock says so. */
const timerEarlyMs = 1;

/**
 * Waits for each answer of the database only so long.
 *
 * A network that drops packets closes no connection: without a limit a save would wait for minutes, and everything behind it.
 * When an answer does not come, and none came to anybody meanwhile, the database counts as silent: everything else is refused
 * at once, until `probe` gets an answer. So a queue of saves costs one wait and not one for each.
 *
 * The other side gives up too: a transaction of a node that went silent would hold its locks, and with them every other node,
 * until somebody noticed that the connection is dead.
 *
 * ```
 *  answering ── an answer is late, and nobody got one since it was asked ──► silent
 *      ▲                                                                       │
 *      └──────────────── an answer comes, to the probe or late ────────────────┘
 * ```
 * Units   answerTimeoutMs milliseconds
 */
export function boundDatabase(
  pool: Pool,
  answerTimeoutMs: number,
  {
    asksAlways = false,
  }: {
    /** Never refuses: for one that nobody probes, and whose answers are waited for long. */ readonly asksAlways?: boolean;
  } = {},
): BoundDatabase {
  // The only limit on a connection that is being made: without it, each attempt would hold its place in the pool for ever.
  pool.options.connectionTimeoutMillis ||= answerTimeoutMs;
  let answeredAt = performance.now();
  let isSilent = false;

  async function ask<Answer>(asking: () => Promise<Answer>): Promise<Answer> {
    const askedAt = performance.now();
    try {
      const answer = await asking();
      heard();
      return answer;
    } catch (error) {
      // Words of the server itself, even a refusal, are an answer.
      if (isFromServer(error)) heard();
      else if (performance.now() - askedAt >= answerTimeoutMs - timerEarlyMs) {
        if (answeredAt < askedAt) isSilent = true;
        throw new NoAnswer(`The database did not answer within ${answerTimeoutMs} ms.`, { cause: error });
      }
      throw error;
    }
  }

  function heard(): void {
    answeredAt = performance.now();
    isSilent = false;
  }

  function refuseWhileSilent(): void {
    if (isSilent && !asksAlways) throw new NoAnswer('The database is silent, and is asked again every moment.');
  }

  const bound = (on: Pool | PoolClient): Queryable['query'] =>
    async function query<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      // pg knows the limit of one query; its types do not.
      const limited = { text: sql, values: [...values], query_timeout: answerTimeoutMs };
      return ask(() => on.query<Row>(limited));
    };
  const query = bound(pool);

  return {
    async query(sql, values) {
      refuseWhileSilent();
      return query(sql, values);
    },
    async connect() {
      refuseWhileSilent();
      const client = await ask(() => pool.connect());
      // Said also when no query runs, and without a listener the end of the process. The next query says it to who asks.
      const ignore = (): void => undefined;
      client.on('error', ignore);
      return {
        query: bound(client),
        release(isBroken) {
          client.off('error', ignore);
          client.release(isBroken);
        },
        begin: `begin; set local idle_in_transaction_session_timeout = ${answerTimeoutMs}`,
      };
    },
    async probe() {
      await query('select 1');
    },
  };
}

/** True for what the server itself said; everything else leaves open what became of the question. */
export function isFromServer(error: unknown): boolean {
  return error instanceof Error && 'severity' in error;
}

/** The database said nothing, or that it cannot: the same request may go well in a moment. */
export function unavailable(detail: string, cause: unknown): SyncError {
  return new SyncError('STORE_UNAVAILABLE', detail, { cause, extensions: { retryAfterSeconds } });
}
