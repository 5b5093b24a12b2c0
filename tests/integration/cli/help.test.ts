import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from './runCli.ts';

const documentation = await readFile(fileURLToPath(new URL('../../../docs/operations.md', import.meta.url)), 'utf8');
const overview = await runCli(['--help']);
const names = [...overview.out.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => name ?? '');

describe('npx backoffice-sync', () => {
  it('docs/operations.md has the help of every command, word for word', async () => {
    const known = [
      'check',
      'export',
      'import',
      'backup',
      'restore',
      'verify',
      'move',
      'migrate',
      'capture',
      'rotate-key',
      'reconcile',
      'types',
    ];
    expect(names).toEqual(known);
    expect(documentation).toContain(`\`\`\`text\n${overview.out}\`\`\``);
    const helps = await Promise.all(names.map((name) => runCli([name, '--help'])));
    for (const [index, { code, out }] of helps.entries()) {
      expect(code).toBe(0);
      expect(documentation).toContain(`## ${names[index]}\n\n\`\`\`text\n${out}\`\`\``);
      expect(out).toContain('Exit code: 0 done, 1 it failed or something is wrong, 2 wrong use.');
    }
  });

  it('wrong use ends with 2 and says what is right, and prints nothing else', async () => {
    const cases: [string[], string][] = [
      [[], 'npx backoffice-sync COMMAND'],
      [['chek'], 'Did you mean "check"?'],
      [['check', '--data-dri', 'x'], 'Did you mean --data-dir?'],
      [['check', '--data-dir'], '--data-dir needs a value'],
      [['check', 'folder'], '"folder" is one word too many'],
      [['import'], 'FILE is missing'],
      [['backup'], '--out is missing'],
      [['migrate', '--list=yes'], '--list takes no value'],
    ];
    const results = await Promise.all(cases.map(([words]) => runCli(words)));
    for (const [index, { code, out, errors }] of results.entries())
      expect([code, out, errors]).toEqual([2, '', expect.stringContaining(cases[index]?.[1] ?? '')]);
  });
});
