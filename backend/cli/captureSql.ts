import { SyncError } from '../../shared/problem.ts';
import type { Queryable } from '../stores/postgres/boundDatabase.ts';

/** A table whose changes are told. */
export interface CapturedTable {
  /** As SQL writes it, quoted where it has to be, with its schema. */
  readonly table: string;
  readonly resource: string;
  /** The column that is the id of the record. */
  readonly key: string;
}

/**
 * Finds the table and its key in the database.
 *
 * Errors  OPTION_INVALID for a table that is not there or cannot have the trigger, a key that is no column, and where the key has to be said
 */
export async function findTable(
  database: Queryable,
  given: { readonly table: string; readonly key: string | undefined; readonly resource: string | undefined },
): Promise<CapturedTable> {
  const { rows } = await database.query<{
    name: string;
    bare: string;
    kind: string;
    columns: string[];
    keys: string[];
  }>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relname as bare, c.relkind::text as kind,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
         where i.indrelid = c.oid and i.indisprimary) as keys
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)`,
    [given.table],
  );
  const [found] = rows;
  if (found === undefined)
    throw new SyncError('OPTION_INVALID', `There is no table ${given.table} in the database. Name it with its schema, such as public.${given.table}.`); // prettier-ignore
  if (found.kind !== 'r')
    throw new SyncError('OPTION_INVALID', `${given.table} is no ordinary table: only those can have the trigger (of a partitioned one, its partitions).`); // prettier-ignore
  const key = given.key ?? (found.keys.length === 1 ? found.keys[0] : undefined);
  if (key === undefined)
    throw new SyncError('OPTION_INVALID', `The primary key of ${given.table} is not one column. Say which column is the id of the record: --key COLUMN.`); // prettier-ignore
  if (!found.columns.includes(key))
    throw new SyncError('OPTION_INVALID', `${given.table} has no column "${key}". It has ${found.columns.join(', ')}.`);
  const resource = given.resource ?? found.bare;
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(resource))
    throw new SyncError('OPTION_INVALID', `"${resource}" cannot be the name of a resource. Give one: --resource NAME.`);
  return { table: found.name, resource, key };
}

/**
 * The SQL that begins to tell the changes of a table, with the rows that are there. Run again it brings up to date what was missed.
 *
 * Deferred: the program's own transaction decides first whether there is a change. An update that changes nothing is none; the rows are
 * compared as bytes, which every type can.
 */
export function captureSql(schema: string, { table, resource, key }: CapturedTable): string {
  const call = `deferrable initially deferred for each row`;
  const run = `execute function ${schema}.capture_row(${literal(resource)}, ${literal(key)});`;
  return [
    '-- Nobody writes to the table until the end of this transaction, so that no change falls between.',
    'begin;',
    `lock table ${table} in share row exclusive mode;`,
    ...dropTriggers(schema, table),
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
export function releaseSql(schema: string, { table }: Pick<CapturedTable, 'table'>): string {
  return ['begin;', ...dropTriggers(schema, table), 'commit;'].join('\n');
}

function dropTriggers(schema: string, table: string): string[] {
  return ['_capture', '_capture_update'].map((end) => `drop trigger if exists ${schema}${end} on ${table};`);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
