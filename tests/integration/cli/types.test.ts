import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resourcesPath, runCli, temporaryFolder } from './runCli.ts';

let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  temporary = await temporaryFolder();
});
afterEach(() => temporary.remove());

it('the types of declared resources compile, fit their records, and refuse what is no field', async () => {
  const out = temporary.at('resources.ts');
  expect(await runCli(['types', '--out', out, '--resources', resourcesPath])).toMatchObject({
    code: 0,
    out: expect.stringContaining('mail, news, services, team'),
  });
  const text = await readFile(out, 'utf8');
  expect(text).toContain('kind?: "short" | "long";');
  expect(text).not.toContain('password');
  await writeFile(
    temporary.at('client.ts'),
    [
      `import type { Resources } from './resources.ts';`,
      `const stamps = { id: 'a', version: 1, createdAt: '', updatedAt: '' };`,
      `export const member: Resources['team'] = { ...stamps, name: 'Ada', joinDate: '2020-01-01' };`,
      `export const news: Resources['news'] = { ...stamps, title: 'x', kind: 'short', publishedVersion: null };`,
      `// @ts-expect-error a name is a text`,
      `export const wrong: Resources['team'] = { ...stamps, name: 1 };`,
      `// @ts-expect-error there is no such field`,
      `export const unknown = (one: Resources['services']) => one.prize;`,
    ].join('\n'),
  );
  const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  const words = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--allowImportingTsExtensions',
    '--types',
    '',
  ];
  const compiled = spawnSync(process.execPath, [compiler, ...words, temporary.at('client.ts')], { encoding: 'utf8' });
  expect([compiled.status, compiled.stdout]).toEqual([0, '']);
});

it('a module that exports no resources, or cannot be loaded, is said', async () => {
  await writeFile(temporary.at('none.mjs'), 'export const resource = 1;');
  for (const [name, problem] of [
    ['none.mjs', 'has to export `resources`'],
    ['missing.mjs', 'cannot be loaded'],
  ] as const) {
    const { code, errors } = await runCli(['types', '--out', temporary.at('t.ts'), '--resources', temporary.at(name)]);
    expect([code, errors]).toEqual([1, expect.stringContaining(problem)]);
  }
});
