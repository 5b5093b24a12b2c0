import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package's sources. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

const sourceFolders = ['shared', 'backend', 'backoffice'];
/** What a build writes at its end: when it is there, everything is. */
const lastBuilt = 'dist/backend/server/site/index.html';

/**
 * Builds the package when `dist/` is missing or older than its sources.
 *
 * Errors  a plain error with the output of the build when it fails
 */
export async function ensureBuilt(): Promise<void> {
  const built = await stat(join(packageRoot, lastBuilt)).catch(() => null);
  // The change time: a copied file keeps the modification time of its source.
  if (built !== null && built.ctimeMs > (await newestSourceMs())) return;
  // A test runner says that this is a test, and the panel would be built with React's development code.
  const env = { ...process.env, NODE_ENV: 'production' };
  const build = spawnSync('npm', ['run', 'build'], { cwd: packageRoot, encoding: 'utf8', env });
  if (build.status !== 0) throw new Error(`The package cannot be built:\n${build.stdout}${build.stderr}`);
}

async function newestSourceMs(): Promise<number> {
  let newest = 0;
  for (const folder of sourceFolders) {
    for (const file of await readdir(join(packageRoot, folder), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      newest = Math.max(newest, (await stat(join(file.parentPath, file.name))).mtimeMs);
    }
  }
  return newest;
}
