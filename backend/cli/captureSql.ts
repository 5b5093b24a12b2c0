import { SyncError } from '../../shared/problem.ts';
import type { Queryable } from '../stores/postgres/boundDatabase.ts';
import { captureFunction } from './captureFunction.ts';

/** A table whose changes are told. */
export interface CapturedTable {
  /** As SQL writes it, quoted where it has to be, with its schema. */
  readonly table: string;
  readonly resource: string;
  /** The column that is the id of the record. */
  readonly key: string;
  /** Whose rights the trigger has, quoted. */
  readonly owner: string;
  /** The function of the trigger, quoted, with its schema. */
  readonly routine: string;
  /** False where the owner may not stage yet. */
  readonly isGranted: boolean;
}

/** What an owner has to be granted, beside the use of the schema. */
const granted = ['stage_row', 'stage_fault', 'stage_missing', 'begin_capture'];

/**
 * Finds the table and its key in the database.
 *
 * Errors  OPTION_INVALID for a table that is not there or cannot have the trigger, a key that is no column or not unique, where the key has
 *         to be said, and for a user who may not act as the owner of the table
 */
export async function findTable(
  database: Queryable,
  schema: string,
  given: {
    readonly table: string;
    readonly key: string | undefined;
    readonly resource: string | undefined;
    readonly isRemoving: boolean;
  },
): Promise<CapturedTable> {
  const { rows } = await database.query<{
    name: string;
    bare: string;
    kind: string;
    columns: string[];
    keys: string[];
    unique: string[];
    owner: string;
    routine: string;
    may_act: boolean;
    may_grant: boolean;
    is_granted: boolean;
  }>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relname as bare, c.relkind::text as kind,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
         where i.indrelid = c.oid and i.indisprimary) as keys,
       array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null) as unique,
       quote_ident(pg_get_userbyid(c.relowner)) as owner, pg_has_role(c.relowner, 'member') as may_act,
       pg_has_role(s.nspowner, 'member') as may_grant,
       has_schema_privilege(c.relowner, s.oid, 'usage') and has_function_privilege(c.relowner, $2 || '.stage_row(text, text, json)', 'execute') as is_granted,
       coalesce((select format('%I.%I', pn.nspname, p.proname) from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace pn on pn.oid = p.pronamespace
         where t.tgrelid = c.oid and t.tgname = $2 || '_capture' and not t.tgisinternal and p.proowner = c.relowner),
         format('%I.%I', n.nspname, $2 || '_capture_' || left(md5(c.oid || ':' || c.relowner), 8))) as routine
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_namespace s on s.nspname = $2 where c.oid = to_regclass($1)`,
    [given.table, schema],
  );
  const [found] = rows;
  if (found === undefined)
    throw new SyncError('OPTION_INVALID', `There is no table ${given.table} in the database. Name it with its schema, such as public.${given.table}.`); // prettier-ignore
  if (found.kind !== 'r')
    throw new SyncError('OPTION_INVALID', `${given.table} is no ordinary table: only those can have the trigger, and of a partitioned one not all rows are in one table.`); // prettier-ignore
  const key = given.key ?? (found.keys.length === 1 ? found.keys[0] : undefined);
  if (found.may_act && given.isRemoving)
    return { table: found.name, resource: given.resource ?? found.bare, key: '', owner: found.owner, routine: found.routine, isGranted: true }; // prettier-ignore
  if (key === undefined)
    throw new SyncError('OPTION_INVALID', `The primary key of ${given.table} is not one column. Say which column is the id of the record: --key COLUMN.`); // prettier-ignore
  if (!found.columns.includes(key))
    throw new SyncError('OPTION_INVALID', `${given.table} has no column "${key}". It has ${found.columns.join(', ')}.`);
  if (!found.unique.includes(key))
    throw new SyncError('OPTION_INVALID', `"${key}" is not unique in ${given.table}, so that it cannot be the id of a record. Make a unique index on it, or name another column.`); // prettier-ignore
  const resource = given.resource ?? found.bare;
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(resource))
    throw new SyncError('OPTION_INVALID', `"${resource}" cannot be the name of a resource. Give one: --resource NAME.`);
  const { name: table, owner, routine, is_granted: isGranted } = found;
  if (!found.may_act)
    throw new SyncError(
      'OPTION_INVALID',
      `${given.table} belongs to ${owner}: run this as ${owner}, or as a superuser.`,
    );
  const captured: CapturedTable = { table, resource, key, owner, routine, isGranted };
  if (!isGranted && !found.may_grant)
    throw new SyncError('OPTION_INVALID', `${owner} may not leave changes in ${schema}. Run as its owner: ${grantSql(schema, captured).join(' ')}`); // prettier-ignore
  return captured;
}

/**
 * Refuses a second table of a resource, and a second resource of a table: the records of the first would go, or stand still.
 *
 * Errors  OPTION_INVALID
 */
export async function refuseSecond(
  database: Queryable,
  schema: string,
  { table, resource }: CapturedTable,
): Promise<void> {
  const { rows } = await database.query<{ conflict: string | null }>(
    `select ${schema}.capture_conflict($1::regclass, $2) as conflict`,
    [table, resource],
  );
  if (rows[0]?.conflict != null) throw new SyncError('OPTION_INVALID', rows[0].conflict);
}

/**
 * The SQL that begins to tell the changes of a table, with the rows that are there. Run again it brings up to date what was missed.
 *
 * Deferred: the program's own transaction decides first whether there is a change. An update that changes nothing is none; the rows are
 * compared as bytes, which every type can.
 */
export function captureSql(schema: string, captured: CapturedTable): string {
  const { table, resource, key, owner, routine, isGranted } = captured;
  const call = `deferrable initially deferred for each row`;
  const run = `execute function ${routine}(${literal(resource)}, ${literal(key)});`;
  return [
    '-- Nobody writes to the table until the end of this transaction, so that no change falls between.',
    'begin;',
    ...(isGranted ? [] : grantSql(schema, captured)),
    `set local role ${owner};`,
    `lock table ${table} in share row exclusive mode;`,
    `select ${schema}.begin_capture(${literal(table)}, ${literal(resource)});`,
    ...dropTriggers(schema, table),
    captureFunction(schema, routine),
    `revoke execute on function ${routine} from public;`,
    `create constraint trigger ${schema}_capture after insert or delete on ${table}`,
    `  ${call} ${run}`,
    `create constraint trigger ${schema}_capture_update after update on ${table}`,
    `  ${call} when (old.* *<> new.*) ${run}`,
    '-- The rows that are there, and the records whose rows are not; those that are known already are told to nobody.',
    `select ${schema}.capture_table(${literal(table)}, ${literal(resource)}, ${literal(key)});`,
    'commit;',
  ].join('\n');
}

/** The SQL that ends it. What was told stays told. */
export function releaseSql(schema: string, { table, owner, routine }: CapturedTable): string {
  const end = [...dropTriggers(schema, table), `drop function if exists ${routine};`];
  return ['begin;', `set local role ${owner};`, ...end, 'commit;'].join('\n');
}

function grantSql(schema: string, { owner }: CapturedTable): string[] {
  const names = granted.map((name) => `${schema}.${name}`).join(', ');
  return [`grant usage on schema ${schema} to ${owner};`, `grant execute on function ${names} to ${owner};`];
}

function dropTriggers(schema: string, table: string): string[] {
  return ['_capture', '_capture_update'].map((end) => `drop trigger if exists ${schema}${end} on ${table};`);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
