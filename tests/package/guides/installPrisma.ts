import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../ensureBuilt.ts';
import { installProject } from '../installProject.ts';
import { openGuideProject, type GuideProject } from './guideProject.ts';

/** A project with Prisma, or why there is none. */
export type PrismaProject = { readonly project: GuideProject } | { readonly missing: string };

const run = promisify(execFile);

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** One set of versions that fit each other. */
const version = '7.10.0';
const packages = ['prisma', '@prisma/client', '@prisma/adapter-pg'].map((name) => `${name}@${version}`);
/** The engine of migrations, which Prisma would download; `generate` does not need it. */
const environment = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
/** What `npx tsx after.js` does: the generated client is TypeScript. */
const compile = `(await import('tsx/esm/api')).register();`;

/**
 * Installs Prisma, whose 300 MB are too many for everybody who works on this repository, and generates the client.
 *
 * Errors  a plain error for every failure but a registry that cannot be reached
 */
export async function installPrisma(tarball: string): Promise<PrismaProject> {
  const folder = await mkdtemp(join(tmpdir(), 'guide-prisma-'));
  const { devDependencies } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as Manifest;
  const others = ['express', 'tsx'].map((name) => `${name}@${devDependencies[name] ?? ''}`);
  try {
    await installProject(folder, ['--ignore-scripts', tarball, ...others, ...packages]);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const refusal = await refusalOfRegistry();
    if (refusal === null) throw error;
    return { missing: `no registry gives Prisma ${version}: ${refusal}` };
  }
  const project = await openGuideProject('prisma', folder, compile);
  await run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
  return { project };
}

/** Why none of it can be had here; null when the registry answers, so that the installation failed for another reason. */
async function refusalOfRegistry(): Promise<string | null> {
  try {
    for (const name of packages) await run('npm', ['view', name, 'version', '--fetch-retries=0']);
    return null;
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    return /code (\w+)/.exec(stderr)?.[1] ?? 'npm does not say why';
  }
}
