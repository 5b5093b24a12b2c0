import pg from 'pg';
import { examples } from '../server/example.ts';
import { readSettings, type Settings } from '../server/settings.ts';
import { SyncError } from '../../shared/problem.ts';
import type { CommandCall } from './command.ts';

/** The data that a command works on. */
export type CommandTarget =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'database'; readonly url: string; readonly schema: string };

/**
 * The settings of `npm start`, with what the options of the command say instead.
 *
 * Errors  OPTION_INVALID
 */
export function commandSettings({ options, environment }: Pick<CommandCall, 'options' | 'environment'>): Settings {
  const folder = textOption(options, 'data-dir');
  const url = textOption(options, 'database-url');
  if (folder !== undefined && url !== undefined)
    throw new SyncError('OPTION_INVALID', 'Give --data-dir or --database-url, not both.');
  const given = {
    ...(folder === undefined ? {} : { DATA_DIR: folder, DATABASE_URL: undefined }),
    ...(url === undefined ? {} : { DATABASE_URL: url }),
  };
  return readSettings({ ...environment, ...given });
}

/** Where the data is. Errors  OPTION_INVALID */
export function commandTarget(call: Pick<CommandCall, 'options' | 'environment'>): CommandTarget {
  const settings = commandSettings(call);
  const { databaseUrl } = settings;
  if (databaseUrl === undefined) return { kind: 'folder', folder: settings.dataDir };
  const schema = textOption(call.options, 'schema') ?? examples[settings.example].schema;
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new SyncError('OPTION_INVALID', `--schema has to be a lower-case name of letters, digits and _; "${schema}" came.`); // prettier-ignore
  return { kind: 'database', url: databaseUrl, schema };
}

/** A target as it may be shown: without a password. */
export function describeTarget(target: CommandTarget): string {
  if (target.kind === 'folder') return `the folder ${target.folder}`;
  if (!URL.canParse(target.url)) return `the database, schema ${target.schema}`;
  const { host, pathname } = new URL(target.url);
  return `the database ${host}${pathname}, schema ${target.schema}`;
}

/** A pool for one command: few connections, and an address that does not answer is said soon. */
export function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 10_000 });
  // The query that runs says it; without a listener the process would end without a word.
  pool.on('error', () => undefined);
  return pool;
}

/** The value of an option; undefined for one that was not given. */
export function textOption(options: CommandCall['options'], name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
