import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TortureFigures } from './integration/torture/reportFigures.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const artifacts = `${root}tests/artifacts`;

/** One torture at its full length; its short form is a part of `npm test`. */
interface Form {
  readonly name: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

const forms: readonly Form[] = [
  { name: 'folder', file: 'store/killedProcess', environment: { FOLDER_KILLS: '500' } },
  { name: 'server', file: 'torture/killDuringSaves', environment: { FOLDER_KILLS: '500' } },
  { name: 'postgres', file: 'torture/databaseKills', environment: { TORTURE_KILLS: '200' } },
  { name: 'nodes', file: 'torture/threeNodes.test', environment: { PARTITION_MS: '30000' } },
  { name: 'webhooks', file: 'torture/webhookFaults', environment: { WEBHOOK_KILLS: '50' } },
  { name: 'bits', file: 'torture/flippedBits', environment: { FLIPPED_BITS: 'all' } },
];

/**
 * `npm run torture [-- folder postgres]`: kills, cuts and damages for as long as it takes, one form after the other; words are
 * the names of forms.
 *
 * Prints a line for each form with what it counted, and ends with 1 when one failed, lost something or could not run.
 */
function main(): number {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => forms.every((form) => form.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`Use: npm run torture [-- ${forms.map(({ name }) => name).join(' ')}]\n`);
    return 1;
  }
  mkdirSync(artifacts, { recursive: true });
  const results = forms.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).map(run);
  process.stdout.write(`\n${results.map(({ line }) => line).join('\n')}\n`);
  return results.every(({ isGood }) => isGood) ? 0 : 1;
}

function run({ name, file, environment }: Form): { readonly line: string; readonly isGood: boolean } {
  const [report, counted] = [`${artifacts}/torture-${name}.json`, `${artifacts}/torture-${name}.jsonl`];
  for (const path of [report, counted]) rmSync(path, { force: true });
  const settings = Object.entries(environment).map((pair) => pair.join('='));
  process.stdout.write(`\n${name}: ${settings.join(' ')} tests/integration/${file}\n`);
  const began = performance.now();
  const { status } = spawnSync(
    'node_modules/.bin/vitest',
    ['run', '--project', 'integration', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, file],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment, TORTURE_FIGURES: counted } },
  );
  const seconds = Math.round((performance.now() - began) / 1_000);
  const figures = readLines(counted);
  const skipped = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as { numPendingTests: number }).numPendingTests
    : 0;
  const isWhole = figures.length > 0 && figures.every(({ lost, torn, gaps }) => lost + torn + gaps === 0);
  // A form that could not run, or counted nothing, has shown nothing: what it needs is missing on this machine.
  const isGood = status === 0 && skipped === 0 && isWhole;
  const verdict = isGood ? 'passed ' : skipped > 0 && status === 0 ? 'SKIPPED' : 'FAILED ';
  return { line: `${verdict}  ${[name.padEnd(8), ...figures.map(describe), `${seconds} s`].join('  ')}`, isGood };
}

function describe({ falls, acknowledged, lost, torn, gaps }: TortureFigures): string {
  const fallen = Object.entries(falls).map(([what, count]) => `${count} ${what}`);
  return `${fallen.join(', ')}: ${acknowledged} acknowledged, ${lost} lost, ${torn} torn, ${gaps} gaps`;
}

function readLines(path: string): readonly TortureFigures[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TortureFigures);
}

process.exit(main());
