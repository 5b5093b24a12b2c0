import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The static checks, cheapest first; each is what a contributor can also run alone. */
const checks: readonly (readonly [name: string, command: string, ...rest: string[]])[] = [
  ['types', 'node', 'node_modules/typescript/bin/tsc', '-b'],
  ['lint', 'node_modules/.bin/oxlint', '--type-aware'],
  ['format', 'node_modules/.bin/prettier', '--check', '--log-level', 'warn', '.'],
  ['unused code', 'node_modules/.bin/knip'],
];

/** Runs every static check and says which failed. */
export function runChecks(): readonly string[] {
  return checks.flatMap(([name, command, ...rest]) => {
    process.stdout.write(`check: ${name}\n`);
    const run = spawnSync(command, rest, { cwd: root, stdio: 'inherit' });
    return run.status === 0 ? [] : [name];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = runChecks();
  process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}.\n`);
  process.exit(failed.length);
}
