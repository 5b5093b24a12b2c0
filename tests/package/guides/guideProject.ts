import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../ensureBuilt.ts';
import { runApp, type RunningApp } from '../runApp.ts';

/** The folder of the programs of a guide. */
export const programsOf = (name: string): string =>
  fileURLToPath(new URL(`../projects/guides/${name}/`, import.meta.url));

/** A foreign project with the programs of one guide in it. */
export interface GuideProject {
  /** Starts one of the programs in a process of its own. */
  start(file: string, environment: Readonly<Record<string, string>>): Promise<RunningApp>;
  remove(): Promise<void>;
}

/**
 * Makes a project out of one that has the packed package, and of libraries that this repository has installed.
 *
 * Shape   packed is the folder of a project with the package, `express` and `zod`; libraries are names
 */
export async function linkGuideProject(
  name: string,
  { packed, libraries }: { readonly packed: string; readonly libraries: readonly string[] },
): Promise<GuideProject> {
  const folder = await mkdtemp(join(tmpdir(), `guide-${name}-`));
  await mkdir(join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ private: true, type: 'module' })}\n`);
  const link = async (library: string, from: string) =>
    symlink(await realpath(join(from, 'node_modules', library)), join(folder, 'node_modules', library));
  // A package finds what it needs beside its real path.
  for (const library of ['backoffice-sync', 'express', 'zod']) await link(library, packed);
  for (const library of libraries) await link(library, packageRoot);
  return openGuideProject(name, folder);
}

/**
 * The programs of a guide in a project that has everything installed.
 *
 * Shape   preload is JavaScript that runs before the program
 */
export async function openGuideProject(name: string, folder: string, preload = ''): Promise<GuideProject> {
  await cp(programsOf(name), folder, { recursive: true });
  let started = 0;
  return {
    async start(file, environment) {
      started += 1;
      const launcher = `start-${started}.js`;
      // West of Greenwich a date without a time is the day before, if anybody turns it into a Date and back.
      const variables = { TZ: 'America/New_York', PORT: '0', ...environment };
      await writeFile(
        join(folder, launcher),
        [`Object.assign(process.env, ${JSON.stringify(variables)});`, preload, `await import('./${file}');`].join('\n'),
      );
      return runApp(folder, launcher);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
