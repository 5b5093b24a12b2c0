import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

/**
 * Copies the sources that the laws judge into a folder and breaks one rule there; without a mutant nothing is broken.
 *
 * Errors  a plain error when what is to be replaced does not stand there exactly once
 */
export function breakEngine(root: string, folder: string, mutant?: Mutant): void {
  mkdirSync(folder, { recursive: true });
  for (const part of ['shared', 'backoffice/client']) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  if (mutant === undefined) return;
  const file = join(folder, mutant.file);
  const parts = readFileSync(file, 'utf8').split(mutant.find);
  if (parts.length !== 2) {
    throw new Error(
      `"${mutant.rule}": what it replaces stands ${parts.length - 1} times in ${mutant.file}: ${mutant.find}`,
    );
  }
  writeFileSync(file, parts.join(mutant.replace));
}
