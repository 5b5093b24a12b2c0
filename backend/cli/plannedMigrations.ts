import type { Pool } from 'pg';
import { migrate } from '../stores/postgres/migrations.ts';

/** A step that `migrate` would run now. */
export interface PlannedStep {
  readonly step: number;
  readonly sql: string;
}

/** A step that ran. */
export interface AppliedStep {
  readonly step: number;
  readonly ranAt: string;
}

/** The steps that ran in a schema; none where it does not exist. */
export async function appliedMigrations(pool: Pool, schema: string): Promise<readonly AppliedStep[]> {
  const { rows: found } = await pool.query<{ table: string | null }>(`select to_regclass($1)::text as table`, [`${schema}.migrations`]); // prettier-ignore
  if (found[0]?.table == null) return [];
  const { rows } = await pool.query<{ step: number; ran_at: string }>(
    `select step, to_char(ran_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ran_at from ${schema}.migrations order by step`,
  );
  return rows.map(({ step, ran_at }) => ({ step: Number(step), ranAt: ran_at }));
}

/**
 * What `migrate` would run, found by letting it run against a connection that answers how far the schema is and notes the rest:
 * nothing reaches the database, not even a lock.
 */
export async function plannedMigrations(pool: Pool, schema: string): Promise<readonly PlannedStep[]> {
  const done = (await appliedMigrations(pool, schema)).at(-1)?.step ?? 0;
  const planned: PlannedStep[] = [];
  let sql = '';
  const client = {
    query(text: string, values?: readonly unknown[]) {
      if (text.startsWith('select max(step)')) return Promise.resolve({ rows: [{ step: done }] });
      if (text.startsWith(`insert into ${schema}.migrations`)) planned.push({ step: Number(values?.[0]), sql });
      sql = text;
      return Promise.resolve({ rows: [] });
    },
    release: () => undefined,
  };
  await migrate({ connect: () => Promise.resolve(client) } as unknown as Pool, schema);
  return planned;
}
