import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import type { Actor } from '../../../shared/change.ts';
import { findForbiddenText } from '../checkWrite.ts';
import { isActor } from '../../log/isActor.ts';
import type { StagedChange, StagedDraft, Staging } from '../staging.ts';
import { unavailable, type Database, type Queryable } from './boundDatabase.ts';
import { inTransaction, lockKey } from './migrations.ts';

interface StagedRow {
  readonly transaction: string;
  readonly number: string;
  readonly change: string;
  readonly resource: string;
  readonly id: string;
  readonly content: string | null;
  readonly is_row: boolean;
  readonly actor: string | null;
  readonly db_user: string;
  readonly mutation_id: string | null;
  readonly notify: boolean;
  readonly fault: string | null;
}

/** The staging table, and how the store says that something waits in it. */
export interface PostgresStaging extends Staging {
  /** Tells the listeners. */
  note(): void;
  /** Gives what was refused another chance: the program may be another one now. */
  retryRefused(): Promise<void>;
}

/** One listens, one is held by a turn, and the saves of that turn need another. */
export const leastConnections = 3;

const perTurn = 200;
const atOnce = 50;
/** Long before the server ends a transaction that asks nothing. */
const turnMs = 2_000;

/**
 * Staged changes in PostgreSQL.
 *
 * A turn is a transaction that holds a lock and removes what was told when it ends. Killed in the middle, the next turn tells the same
 * changes again: each has an id of its own that the log knows by then.
 *
 * Errors  STORE_UNAVAILABLE
 */
export function postgresStaging(database: Database, schema: string): PostgresStaging {
  const listeners = new Set<() => void>();

  async function setAside(client: Queryable, { number }: StagedRow, problem: string): Promise<void> {
    await client.query(`update ${schema}.staged set problem = $2 where number = $1`, [number, problem]);
  }

  return {
    async stage(client, { resource, id, record, actor, mutationId, notify }: StagedDraft) {
      const content = record && JSON.stringify(record);
      const forbidden = findForbiddenText(content ?? '');
      if (forbidden !== null) throw forbidden;
      await client.query(`select ${schema}.stage($1, $2, $3::json, false, $4, $5, $6)`, [
        resource,
        id,
        content,
        JSON.stringify(actor),
        mutationId,
        notify,
      ]);
    },
    async take(resources, tell) {
      try {
        return await inTransaction(database, async (client) => {
          const { rows: lock } = await client.query<{ taken: boolean }>(
            `select pg_try_advisory_xact_lock(${lockKey(schema, 'telling')}) as taken`,
          );
          if (lock[0]?.taken !== true) return false;
          const { rows } = await client.query<StagedRow>(
            `select number::text, transaction::text, change::text, resource, id, content::text, is_row, actor, db_user, mutation_id, notify, fault
             from ${schema}.staged where place is not null and problem is null and resource = any($1::text[]) order by place limit $2`,
            [resources, perTurn],
          );
          const endsAt = performance.now() + turnMs;
          const told: StagedRow[] = [];
          let taken = 0;
          for (const together of ofOneTransaction(rows)) {
            const outcomes = await Promise.all(together.map((row) => tell(toStagedChange(row))));
            for (const [index, outcome] of outcomes.entries()) {
              const row = together[index] as StagedRow;
              if (outcome.status !== 'later') taken += 1;
              if (outcome.status === 'told') told.push(row);
              if (outcome.status === 'refused') await setAside(client, row, outcome.problem);
            }
            if (outcomes.some(({ status }) => status === 'later') || performance.now() > endsAt) break;
          }
          await client.query(
            `delete from ${schema}.staged s using unnest($1::bigint[], $2::text[], $3::text[]) as t(number, resource, id)
             where s.number = t.number or s.problem is not null and (s.resource, s.id) = (t.resource, t.id)`,
            [told.map(({ number }) => number), told.map(({ resource }) => resource), told.map(({ id }) => id)],
          );
          return taken > 0 && (taken < rows.length || rows.length === perTurn);
        });
      } catch (cause) {
        throw unavailable('Staged changes could not be read.', cause);
      }
    },
    onStaged(listener) {
      const own = (): void => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    note() {
      for (const listener of listeners) listener();
    },
    async retryRefused() {
      await database.query(`update ${schema}.staged set problem = null where problem is not null`);
    },
  };
}

/** Changes of one transaction came to be in one moment, each of another record: their order says nothing, so they share commits. */
function ofOneTransaction(rows: readonly StagedRow[]): StagedRow[][] {
  const groups: StagedRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last !== undefined && last.length < atOnce && last[0]?.transaction === row.transaction) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** Whoever may call `stage` decides what is in it: nothing of it is trusted, and nothing of it may end the turn. */
function toStagedChange(row: StagedRow): StagedChange {
  const named = parse(row.actor);
  const record = parse(row.content);
  const isFitting = (row.content === null || record !== null) && (row.is_row || isActor(named));
  return {
    change: row.change,
    resource: row.resource,
    id: row.id,
    record,
    isRow: row.is_row,
    actor: row.is_row || !isActor(named) ? actorOfRow(row) : named,
    mutationId: row.mutation_id,
    notify: row.notify,
    fault:
      row.fault ??
      (isFitting ? null : `The content has to be an object or null, and the actor { id, name, kind }; it was staged by ${row.db_user}.`), // prettier-ignore
  };
}

/** Who the program said it is, as `{ id, name }` or as a name; else the user of the database. */
function actorOfRow({ actor, db_user: user }: StagedRow): Actor {
  const named = parse(actor);
  const id = named?.['id'];
  const name = named?.['name'] ?? id;
  if ((typeof id === 'string' || typeof id === 'number') && typeof name === 'string')
    return { id: String(id), name, kind: 'database' };
  return { id: actor ?? user, name: actor ?? user, kind: 'database' };
}

function parse(text: string | null): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isJsonObject(value) ? value : null;
  } catch {
    // A name and no JSON.
    return null;
  }
}
