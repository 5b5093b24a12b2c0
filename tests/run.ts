import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runChecks } from './check.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const report = `${root}tests/artifacts/vitest.json`;

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * `npm test`: everything that a change must pass. Builds, checks, then every test project; says loudly what was skipped and why.
 *
 * In CI a missing browser is a failure. Words after `npm test --` go to vitest and leave the rest out: `npm test -- --project unit`.
 */
async function main(): Promise<number> {
  const words = process.argv.slice(2);
  if (words.length > 0)
    return spawnSync('node_modules/.bin/vitest', ['run', ...words], { cwd: root, stdio: 'inherit' }).status ?? 1;

  const browser = ['/usr/bin/chromium', '/usr/bin/google-chrome', process.env['CHROMIUM_PATH'] ?? ''].find(
    (path) => path !== '' && existsSync(path),
  );
  if (!browser && process.env['CI']) {
    process.stderr.write('There is no Chromium, and in CI the browser tests are not optional. .ci/run installs it.\n');
    return 1;
  }
  // In a process of its own: the build sets NODE_ENV to production, which the tests of React must not inherit.
  const built = spawnSync(process.execPath, ['--import', 'tsx', 'backend/server/build.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (built.status !== 0) return 1;
  const failedChecks = runChecks();

  mkdirSync(`${root}tests/artifacts`, { recursive: true });
  const run = spawnSync(
    'node_modules/.bin/vitest',
    [
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...(browser ? [] : ['--project', '!browser']),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(browser ? { CHROMIUM_PATH: browser } : {}) },
    },
  );
  return summarize(run.status ?? 1, failedChecks, browser);
}

function summarize(status: number, failedChecks: readonly string[], browser: string | undefined): number {
  const result = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const skipped = result.testResults.flatMap((file) =>
    file.assertionResults
      .filter((one) => ['pending', 'skipped', 'todo'].includes(one.status))
      .map((one) => one.fullName),
  );
  if (!browser)
    process.stdout.write(
      '\nSKIPPED: every test in tests/browser, because no Chromium was found (/usr/bin/chromium, or CHROMIUM_PATH).\n',
    );
  for (const name of skipped) process.stdout.write(`SKIPPED: ${name}\n`);
  if (failedChecks.length > 0) process.stdout.write(`\nFailed checks: ${failedChecks.join(', ')}.\n`);
  // A file that could not even be loaded has no failed test of its own.
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  ).length;
  const failed = result.numFailedTests + broken + failedChecks.length;
  process.stdout.write(`\n${result.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
  return status === 0 && failed === 0 ? 0 : 1;
}

process.exit(await main());
