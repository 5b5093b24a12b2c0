import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { packageRoot } from './ensureBuilt.ts';

const run = promisify(execFile);
const { tarball } = inject('packedPackage');

it.each([
  ['publint', ['run', tarball, '--strict']],
  // esm-only: Node resolves `require` of a module by itself since 20.19, older resolutions of types are not promised.
  ['attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji']],
] as const)('%s finds nothing to say about the tarball', async (tool, flags) => {
  const output = await run(join(packageRoot, 'node_modules/.bin', tool), [...flags], {
    cwd: packageRoot,
    maxBuffer: 16 * 1024 * 1024,
  }).then(
    () => 'nothing',
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
  );
  expect(output).toBe('nothing');
});
