import { nearestName } from '../../shared/nearestName.ts';
import type { Command, CommandCall } from './command.ts';

/** The words behind a command, understood; or why they are not. */
export type ParsedArguments =
  | { readonly ok: true; readonly wantsHelp: boolean; readonly call: Pick<CommandCall, 'positional' | 'options'> }
  | { readonly ok: false; readonly problem: string };

/** Reads `--name value`, `--name=value`, `--name` and at most one word without a dash. */
export function parseArguments(command: Command, words: readonly string[]): ParsedArguments {
  const options: Record<string, string | true> = {};
  const names = [...command.options.map(({ name }) => name), 'help'];
  let positional: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    if (!word.startsWith('--')) {
      if (!command.positional || positional !== undefined) return refuse(`"${word}" is one word too many.`);
      positional = word;
      continue;
    }
    const [name = '', ...rest] = word.slice(2).split('=');
    if (!names.includes(name)) {
      const nearest = nearestName(name, names);
      return refuse(`There is no option --${name}.${nearest ? ` Did you mean --${nearest}?` : ''}`);
    }
    const option = command.options.find((known) => known.name === name);
    if (option?.value === undefined) {
      if (rest.length > 0) return refuse(`--${name} takes no value.`);
      options[name] = true;
      continue;
    }
    const value = rest.length > 0 ? rest.join('=') : words[(index += 1)];
    if (value === undefined || value === '' || (rest.length === 0 && value.startsWith('--')))
      return refuse(`--${name} needs a value: --${name} ${option.value}.`);
    options[name] = value;
  }
  const wantsHelp = options['help'] === true;
  if (wantsHelp) return { ok: true, wantsHelp, call: { positional, options } };
  if (command.positional && positional === undefined) return refuse(`${command.positional.value} is missing.`);
  const missing = command.required?.find((name) => options[name] === undefined);
  if (missing !== undefined) return refuse(`--${missing} is missing.`);
  return { ok: true, wantsHelp, call: { positional, options } };
}

function refuse(problem: string): ParsedArguments {
  return { ok: false, problem };
}
