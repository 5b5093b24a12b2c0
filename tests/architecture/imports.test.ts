import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the import rules over a folder and gives the names of the broken ones. */
function brokenRules(folder: string): readonly string[] {
  const run = spawnSync(
    process.execPath,
    [
      '--import',
      join(root, 'tests/architecture/useTypescript5.mjs'),
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      join(root, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      'shared',
      'backend',
      'backoffice',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  const result = JSON.parse(run.stdout) as {
    summary: { violations: readonly { rule: { name: string } }[]; totalCruised: number };
  };
  expect(result.summary.totalCruised).toBeGreaterThan(0);
  return [...new Set(result.summary.violations.map((violation) => violation.rule.name))].sort();
}

/** One deliberate violation per rule: the file that breaks it, and what it imports. */
const violations: Readonly<Record<string, readonly [file: string, content: string, target: string]>> = {
  'shared-imports-nothing-else': ['shared/a.ts', "import '../backend/b.ts';", 'backend/b.ts'],
  'the-engine-knows-no-text-merge': ['shared/merge/a.ts', "import '../text/b.ts';", 'shared/text/b.ts'],
  'text-merge-imports-diff3-alone': ['shared/text/a.ts', "import '../../backend/b.ts';", 'backend/b.ts'],
  'browser-reaches-backend-over-http-only': ['backoffice/client/a.ts', "import '../../backend/b.ts';", 'backend/b.ts'],
  'backend-knows-no-browser-code': ['backend/a.ts', "import '../backoffice/b.ts';", 'backoffice/b.ts'],
  'client-has-no-framework': ['backoffice/client/a.ts', "import '../react/b.ts';", 'backoffice/react/b.ts'],
  'react-does-not-know-the-panel': ['backoffice/react/a.ts', "import '../panel/b.ts';", 'backoffice/panel/b.ts'],
  'log-imports-only-shared': ['backend/log/a.ts', "import '../auth/b.ts';", 'backend/auth/b.ts'],
  'stores-import-only-the-log': ['backend/stores/lowdb/a.ts', "import '../../auth/b.ts';", 'backend/auth/b.ts'],
  'a-store-does-not-know-another': [
    'backend/stores/lowdb/a.ts',
    "import '../postgres/b.ts';",
    'backend/stores/postgres/b.ts',
  ],
  'a-reader-does-not-know-another': [
    'backend/readers/realtime/a.ts',
    "import '../webhooks/b.ts';",
    'backend/readers/webhooks/b.ts',
  ],
  'readers-use-no-store-directly': [
    'backend/readers/realtime/a.ts',
    "import '../../stores/lowdb/b.ts';",
    'backend/stores/lowdb/b.ts',
  ],
  'no-cycles-at-run-time': ['shared/a.ts', "import './b.ts';", 'shared/b.ts'],
  'no-test-code-in-the-product': ['shared/a.ts', "import '../tests/b.ts';", 'tests/b.ts'],
  'no-development-dependency-at-run-time': [
    'backend/a.ts',
    "import 'only-for-tests';",
    'node_modules/only-for-tests/index.js',
  ],
};

describe('the import rules', () => {
  it('hold for every file of the product', () => {
    expect(brokenRules(root)).toEqual([]);
  });

  it('have a deliberate violation each', () => {
    const config = readFileSync(join(root, '.dependency-cruiser.cjs'), 'utf8');
    expect(Object.keys(violations).sort()).toEqual(
      [...config.matchAll(/name: '([\w-]+)'/g)].map((match) => match[1]).sort(),
    );
  });

  it.each(Object.entries(violations))('see the violation of %s', (rule, [file, content, target]) => {
    const folder = mkdtempSync(join(tmpdir(), 'backoffice-sync-imports-'));
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    try {
      for (const room of ['shared', 'backend', 'backoffice']) write(`${room}/empty.ts`, 'export {};');
      write('package.json', JSON.stringify({ type: 'module', devDependencies: { 'only-for-tests': '1.0.0' } }));
      write(
        'node_modules/only-for-tests/package.json',
        JSON.stringify({ name: 'only-for-tests', version: '1.0.0', main: 'index.js' }),
      );
      write(target, rule === 'no-cycles-at-run-time' ? "import './a.ts';" : 'export {};');
      write(file, content);
      expect(brokenRules(folder)).toContain(rule);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
