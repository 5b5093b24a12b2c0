import { spawnSync } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build as viteBuild } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that `npm start` and the published package need, in `dist/`: the doors, the panel, the site script, the demo site. */
export async function buildAll(): Promise<void> {
  // An inherited NODE_ENV would put React's development code into the panel.
  process.env['NODE_ENV'] = 'production';
  await rm(`${root}dist`, { recursive: true, force: true });
  const compiled = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, '-b', 'shared', 'backend', 'backoffice'],
    { cwd: root, stdio: 'inherit' },
  );
  if (compiled.status !== 0) throw new Error('The TypeScript sources do not compile.');
  await viteBuild({
    root: `${root}backoffice/panel`,
    configFile: `${root}backoffice/panel/vite.config.ts`,
    logLevel: 'warn',
  });
  await buildSiteScript();
  await cp(`${root}backend/server/site`, `${root}dist/backend/server/site`, { recursive: true });
}

/** The public site's script alone, as the server serves it; also for `npm run dev`. */
export async function buildSiteScript(): Promise<void> {
  await viteBuild({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: `${root}dist/site`,
      emptyOutDir: true,
      target: 'es2022',
      lib: { entry: `${root}backoffice/site/autostart.ts`, formats: ['es'], fileName: () => 'site.js' },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
