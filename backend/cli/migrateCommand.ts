import { SyncError } from '../../shared/problem.ts';
import { migrate } from '../stores/postgres/migrations.ts';
import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget, openPool } from './commandTarget.ts';
import { appliedMigrations, plannedMigrations } from './plannedMigrations.ts';

/** `migrate`: the tables in PostgreSQL, brought up to date before a server does it. */
export const migrateCommand: Command = {
  name: 'migrate',
  about: 'Brings the tables in PostgreSQL up to date.',
  options: [
    { name: 'dry-run', about: 'print the SQL of what would run, and run nothing' },
    { name: 'list', about: 'list the steps that ran, and how many are missing' },
    ...targetOptions.filter(({ name }) => name !== 'data-dir'),
  ],
  details: [
    'A server does the same when it starts; this is for those who want to see it first, or who start with fewer rights.',
    'Each step runs once, all missing ones in one transaction. With backup before and verify after it is a whole migration.',
  ],
  async run(call) {
    const target = commandTarget(call);
    if (target.kind === 'folder')
      throw new SyncError(
        'OPTION_INVALID',
        'Only PostgreSQL has migrations: set DATABASE_URL, or give --database-url.',
      );
    const { schema } = target;
    const pool = openPool(target.url);
    try {
      const applied = await appliedMigrations(pool, schema);
      const planned = await plannedMigrations(pool, schema);
      if (call.options['list'] === true) {
        for (const { step, ranAt } of applied) call.say(`step ${step} ran at ${ranAt}`);
        call.say(`${applied.length} steps ran, ${planned.length} are missing.`);
        return 0;
      }
      if (call.options['dry-run'] === true) {
        for (const { step, sql } of planned) call.say(`-- step ${step}\n${sql.trim()}\n`);
        call.say(`-- ${planned.length} steps would run in ${describeTarget(target)}; nothing was changed.`);
        return 0;
      }
      await migrate(pool, schema);
      call.say(`${planned.length} steps ran in ${describeTarget(target)}; ${applied.length} had run before.`);
      return 0;
    } finally {
      await pool.end();
    }
  },
};
