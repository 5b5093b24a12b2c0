import type { Command } from './command.ts';

const exitCodes = 'Exit code: 0 done, 1 it failed or something is wrong, 2 wrong use.';

/** The help of one command, as docs/operations.md has it too. */
export function commandHelp(command: Command): string {
  const { positional, options } = command;
  const rows = [
    ...(positional ? [[positional.value, positional.about]] : []),
    ...options.map(({ name, value, about }) => [`--${name}${value === undefined ? '' : ` ${value}`}`, about]),
    ['--help', 'this text'],
  ] as [string, string][];
  const required = options.filter(({ name }) => command.required?.includes(name));
  const words = [
    `npx backoffice-sync ${command.name}`,
    ...(positional ? [positional.value] : []),
    ...required.map(({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`),
    '[options]',
  ];
  return [words.join(' '), '', command.about, '', ...table(rows), '', ...command.details, exitCodes].join('\n');
}

/** The help without a command. */
export function overviewHelp(commands: readonly Command[]): string {
  return [
    'npx backoffice-sync COMMAND [options]',
    '',
    ...table(commands.map(({ name, about }) => [name, about])),
    '',
    'Settings are read from the same environment variables as those of `npm start`.',
    'npx backoffice-sync COMMAND --help says more.',
    exitCodes,
  ].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`);
}
