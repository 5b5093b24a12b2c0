import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Makes a fresh project in a folder and installs packages into it, as a user does.
 *
 * Shape   packages are what `npm install` takes: `name@version`, or the path of a tarball
 */
export async function installProject(folder: string, packages: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}/package.json`,
    `${JSON.stringify({ name: 'foreign-project', private: true, type: 'module' })}\n`,
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-exact', ...packages], {
    cwd: folder,
    maxBuffer: 16 * 1024 * 1024,
  });
  return folder;
}
