import { SyncError } from '../../shared/problem.ts';
import { captureSql, findTable, refuseSecond, releaseSql } from './captureSql.ts';
import type { Queryable } from '../stores/postgres/boundDatabase.ts';
import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget, openPool, textOption } from './commandTarget.ts';

/** `capture`: a trigger on a table of the integrator, so that what any program changes there is told. */
export const captureCommand: Command = {
  name: 'capture',
  about: 'Makes every change of a table of your own, by any program, a change that is told.',
  positional: { value: 'TABLE', about: 'the table, such as team or public.team' },
  options: [
    { name: 'apply', about: 'run the SQL; without it, it is printed' },
    { name: 'remove', about: 'end it: print the SQL that removes the trigger, or with --apply run it' },
    { name: 'resource', value: 'NAME', about: 'the resource, declared with captured: true; without it the name of the table' },
    { name: 'key', value: 'COLUMN', about: 'the column that is the id of the record, which is unique; without it the primary key' },
    ...targetOptions.filter(({ name }) => name !== 'data-dir'),
  ], // prettier-ignore
  details: [
    'A deferred constraint trigger leaves each changed row in our schema, in the transaction that changed it; a server tells it after',
    'the commit, in the order of commits. The rows that are there are told too, so that lists have them. No column is added.',
    'TRUNCATE, and changes of a session in replica mode, raise no trigger: run it with --apply again, which brings up to date.',
    'Needed: the tables of the product (migrate, or a server that was started once), and the rights of the owner of the table, as whom the',
    'trigger acts. A resource has one table.',
  ],
  async run(call) {
    const target = commandTarget(call);
    if (target.kind === 'folder')
      throw new SyncError('OPTION_INVALID', 'Only PostgreSQL has tables of your own: set DATABASE_URL, or give --database-url.'); // prettier-ignore
    const { schema } = target;
    const pool = openPool(target.url);
    try {
      const { rows } = await pool.query<{ found: string | null }>(`select to_regclass($1)::text as found`, [`${schema}.staged`]); // prettier-ignore
      if (rows[0]?.found == null)
        throw new SyncError('STORE_UNAVAILABLE', `The schema ${schema} has no table for it yet. Start the server once, or run: npx backoffice-sync migrate`); // prettier-ignore
      const database: Queryable = { query: (sql, values = []) => pool.query(sql, [...values]) };
      const isRemoving = call.options['remove'] === true;
      const table = await findTable(database, schema, {
        table: call.positional ?? '',
        key: textOption(call.options, 'key'),
        resource: textOption(call.options, 'resource'),
        isRemoving,
      });
      if (!isRemoving) await refuseSecond(database, schema, table);
      const sql = isRemoving ? releaseSql(schema, table) : captureSql(schema, table);
      if (call.options['apply'] !== true) {
        call.say(sql);
        return 0;
      }
      await pool.query(sql);
      call.say(
        isRemoving
          ? `Changes of ${table.table} are no longer told in ${describeTarget(target)}. The records of "${table.resource}" stay as they are.`
          : `Changes of ${table.table} are told as "${table.resource}" in ${describeTarget(target)}; the id is its column ${table.key}.`,
      );
      if (!isRemoving) call.say(`Declare it: defineResource({ name: '${table.resource}', captured: true, … }).`);
      return 0;
    } finally {
      await pool.end();
    }
  },
};
