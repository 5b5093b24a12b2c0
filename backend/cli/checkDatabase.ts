import type { Pool } from 'pg';
import { checkClock } from './checkClock.ts';
import { failed, failedBy, ok, warning, type CheckLine } from './checkLine.ts';
import { describeTarget, openPool, type CommandTarget } from './commandTarget.ts';
import { appliedMigrations, plannedMigrations } from './plannedMigrations.ts';

const oldestVersion = 150_000;

interface ServerRow {
  readonly number: number;
  readonly version: string;
  readonly now: string;
  readonly read_only: string;
  readonly may_create: boolean;
}

/** The store in PostgreSQL: version, rights, migrations, what waits to be told, clock. Reads only. */
export async function checkDatabase(
  target: Extract<CommandTarget, { kind: 'database' }>,
): Promise<readonly CheckLine[]> {
  let pool: Pool;
  try {
    pool = openPool(target.url);
  } catch (error) {
    return [failedBy('store', error, 'Correct DATABASE_URL: postgres://user:password@host:5432/name')];
  }
  try {
    const { rows } = await pool.query<ServerRow>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
         (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now, current_setting('transaction_read_only') as read_only,
         has_database_privilege(current_database(), 'create') as may_create`,
    );
    const [server] = rows;
    if (server === undefined) return [failed('store', 'the database answered nothing', 'Look at its log.')];
    return [
      await checkStore(pool, target, server),
      Number(server.number) >= oldestVersion
        ? ok('postgresql', `version ${server.version}`)
        : failed('postgresql', `version ${server.version}`, 'Version 15 or later is needed.'),
      await checkMigrations(pool, target.schema, server),
      ...(await checkStaged(pool, target.schema)),
      checkClock(await lastEntryAt(pool, target.schema), Number(server.now)),
    ];
  } catch (error) {
    return [failedBy('store', error, 'Start PostgreSQL, or correct DATABASE_URL.')];
  } finally {
    await pool.end();
  }
}

async function checkStore(
  pool: Pool,
  target: Extract<CommandTarget, { kind: 'database' }>,
  server: ServerRow,
): Promise<CheckLine> {
  if (server.read_only === 'on')
    return failed('store', `${describeTarget(target)} can only be read`, 'Name the primary server, not a replica.');
  const { rows } = await pool.query<{ writable: boolean | null }>(
    `select has_table_privilege(to_regclass($1), 'insert, update') as writable where to_regclass($1) is not null`,
    [`${target.schema}.records`],
  );
  if (rows[0]?.writable === false)
    return failed(
      'store',
      `${describeTarget(target)} may not be written by this user`,
      'Use the user that made the tables.',
    );
  return ok('store', `${describeTarget(target)} answers`);
}

async function checkMigrations(pool: Pool, schema: string, server: ServerRow): Promise<CheckLine> {
  const applied = (await appliedMigrations(pool, schema)).length;
  const missing = (await plannedMigrations(pool, schema)).length;
  const found = `${applied} ran, ${missing} are missing`;
  if (missing === 0) return ok('migrations', found);
  if (applied === 0 && !server.may_create)
    return failed('migrations', found, `This user may not make the schema ${schema}: run migrate with one that may.`);
  return warning('migrations', found, 'The next start runs them; or run npx backoffice-sync migrate before.');
}

/** Changes of captured tables that nobody told, said only where there are some. */
async function checkStaged(pool: Pool, schema: string): Promise<readonly CheckLine[]> {
  const { rows: found } = await pool.query<{ table: string | null }>(`select to_regclass($1)::text as table`, [`${schema}.staged`]); // prettier-ignore
  if (found[0]?.table == null) return [];
  const { rows } = await pool.query<{ waiting: string; refused: string }>(
    `select count(*) filter (where problem is null)::text as waiting, count(problem)::text as refused from ${schema}.staged`,
  );
  const [waiting, refused] = [Number(rows[0]?.waiting ?? 0), Number(rows[0]?.refused ?? 0)];
  if (refused > 0) return [warning('captured', `${refused} changes cannot be told`, `The column problem of ${schema}.staged says why; mended, they are tried again at the next start.`)]; // prettier-ignore
  if (waiting === 0) return [];
  return [warning('captured', `${waiting} changes wait to be told`, 'A running server that declares their resources tells them.')]; // prettier-ignore
}

async function lastEntryAt(pool: Pool, schema: string): Promise<number> {
  const { rows: found } = await pool.query<{ table: string | null }>(`select to_regclass($1)::text as table`, [`${schema}.meta`]); // prettier-ignore
  if (found[0]?.table == null) return 0;
  const { rows } = await pool.query<{ last_at: string }>(`select last_at::text from ${schema}.meta`);
  return Number(rows[0]?.last_at ?? 0);
}
