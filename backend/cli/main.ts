#!/usr/bin/env node
import { SyncError } from '../../shared/problem.ts';
import { nearestName } from '../../shared/nearestName.ts';
import type { Command } from './command.ts';
import { commandHelp, overviewHelp } from './commandHelp.ts';
import { parseArguments } from './parseArguments.ts';

/** Each loaded when it is asked for: most need little of the others. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./checkCommand.ts')).checkCommand,
  export: async () => (await import('./exportCommand.ts')).exportCommand,
  import: async () => (await import('./importCommand.ts')).importCommand,
  backup: async () => (await import('./backupCommand.ts')).backupCommand,
  restore: async () => (await import('./restoreCommand.ts')).restoreCommand,
  verify: async () => (await import('./verifyCommand.ts')).verifyCommand,
  move: async () => (await import('./moveCommand.ts')).moveCommand,
  migrate: async () => (await import('./migrateCommand.ts')).migrateCommand,
  capture: async () => (await import('./captureCommand.ts')).captureCommand,
  'rotate-key': async () => (await import('./rotateKeyCommand.ts')).rotateKeyCommand,
  reconcile: async () => (await import('./reconcileCommand.ts')).reconcileCommand,
  types: async () => (await import('./typesCommand.ts')).typesCommand,
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** `npx backoffice-sync …`: finds the command, runs it, and ends with its exit code. */
async function main([name, ...words]: readonly string[]): Promise<number> {
  const overview = async (): Promise<string> =>
    overviewHelp(await Promise.all(Object.values(commands).map((load) => load())));
  if (name === '--help' || name === 'help') {
    say(await overview());
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const nearest = name === undefined ? null : nearestName(name, Object.keys(commands));
    const hint = nearest ? ` Did you mean "${nearest}"?` : '';
    tell(`${name === undefined ? '' : `There is no command "${name}".${hint}\n\n`}${await overview()}`);
    return 2;
  }
  const command = await load();
  const parsed = parseArguments(command, words);
  if (!parsed.ok) {
    tell(`${parsed.problem}\nnpx backoffice-sync ${command.name} --help says what it takes.`);
    return 2;
  }
  if (parsed.wantsHelp) {
    say(commandHelp(command));
    return 0;
  }
  return command.run({ ...parsed.call, environment: process.env, say, tell });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    tell(explain(error));
    process.exitCode = 1;
  },
);

function explain(error: unknown): string {
  if (!(error instanceof SyncError)) return error instanceof Error ? error.message : String(error);
  const { cause } = error;
  const why = cause instanceof Error && !error.message.includes(cause.message) ? ` (${cause.message})` : '';
  return `${error.code}: ${error.message}${why}`;
}
