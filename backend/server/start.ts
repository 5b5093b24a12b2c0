import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const built = join(root, 'dist/backend/server/main.js');

/** `npm start`: builds what is missing or older than its source, then runs plain `node` on the built output. */
async function start(): Promise<void> {
  if ((await newest(['shared', 'backend', 'backoffice'])) > (await builtAt())) {
    process.stdout.write('Building, this once…\n');
    const { buildAll } = await import('./build.ts');
    await buildAll();
  }
  const server = spawn(process.execPath, ['--enable-source-maps', built], { stdio: 'inherit', cwd: process.cwd() });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => server.kill(signal));
  server.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

async function builtAt(): Promise<number> {
  // The demo site is copied last: when it is there, everything is.
  const last = await stat(join(root, 'dist/backend/server/site/index.html')).catch(() => null);
  const main = await stat(built).catch(() => null);
  return last && main ? Math.max(last.ctimeMs, main.mtimeMs) : 0;
}

async function newest(folders: readonly string[]): Promise<number> {
  let latest = 0;
  for (const folder of folders) {
    for (const file of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (file.isFile()) latest = Math.max(latest, (await stat(join(file.parentPath, file.name))).mtimeMs);
    }
  }
  return latest;
}

await start();
