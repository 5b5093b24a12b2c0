import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { ensureBuilt, packageRoot } from './ensureBuilt.ts';
import { installProject } from './installProject.ts';

/** The packed package and the foreign projects that it is installed in. */
export interface PackedPackage {
  readonly tarball: string;
  /** The paths in the tarball, without its `package/`. */
  readonly files: readonly string[];
  /** With Express 5, and with nothing that only a browser needs. */
  readonly express5: string;
  /** The same with Express 4. */
  readonly express4: string;
  /** With Express 5, React and the types that a TypeScript project has. */
  readonly typescript: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    packedPackage: PackedPackage;
  }
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const run = promisify(execFile);

/** Builds, packs and installs the package once for all tests; each gets it with `inject('packedPackage')`. */
export default async function packOnce(project: TestProject): Promise<() => Promise<void>> {
  await ensureBuilt();
  const folder = await mkdtemp(join(tmpdir(), 'packed-package-'));
  const { tarball, files } = await pack(folder);
  const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as Manifest;
  // The versions that this repository is tested with, so that there is one place to raise them.
  const versions: Readonly<Record<string, string>> = { ...manifest.devDependencies, ...manifest.dependencies };
  const at = (...names: readonly string[]) => names.map((name) => `${name}@${versions[name] ?? ''}`);
  const install = (name: string, packages: readonly string[]) =>
    installProject(join(folder, name), [tarball, ...packages]);

  // One after the other: together they only fight for the same cores and the same cache.
  const express5 = await install('express5', at('express', 'zod'));
  const express4 = await install('express4', [...at('zod'), (versions['express4'] ?? '').replace('npm:', '')]);
  const typescript = await install('typescript', [
    ...at(
      'express',
      'zod',
      'react',
      '@tanstack/react-query',
      '@types/express',
      '@types/node',
      '@types/pg',
      '@types/react',
    ),
  ]);
  project.provide('packedPackage', { tarball, files, express5, express4, typescript });
  return () => rm(folder, { recursive: true, force: true });
}

async function pack(folder: string): Promise<{ tarball: string; files: readonly string[] }> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: packageRoot,
    maxBuffer: 16 * 1024 * 1024,
  });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm packed nothing.');
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
