/** An option of a command; without `value` it is a switch. */
export interface CommandOption {
  readonly name: string;
  /** What stands for its value in the help, such as `FILE`. */
  readonly value?: string;
  readonly about: string;
}

/** What a command is run with. */
export interface CommandCall {
  readonly positional: string | undefined;
  readonly options: Readonly<Record<string, string | true>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes a line to the standard output: what the command did. */
  readonly say: (line: string) => void;
  /** Writes a line to the standard error: warnings and progress. */
  readonly tell: (line: string) => void;
}

/**
 * A command of the operator.
 *
 * Shape   `run` resolves to the exit code: 0 done, 1 it failed or something is wrong. Wrong use is found before it runs
 * Errors  `run` rejects with SyncError; it becomes one sentence and exit code 1
 */
export interface Command {
  readonly name: string;
  readonly about: string;
  /** The word that comes without a dash. */
  readonly positional?: { readonly value: string; readonly about: string };
  readonly options: readonly CommandOption[];
  /** Names of options of which the command cannot do without. */
  readonly required?: readonly string[];
  readonly details: readonly string[];
  run(call: CommandCall): Promise<number>;
}

/** Where the data is, for every command that reads it. */
export const targetOptions: readonly CommandOption[] = [
  { name: 'data-dir', value: 'FOLDER', about: 'the data folder, instead of DATA_DIR' },
  { name: 'database-url', value: 'URL', about: 'the PostgreSQL database, instead of DATABASE_URL' },
  { name: 'schema', value: 'NAME', about: 'the schema in the database, instead of the one of EXAMPLE' },
];
