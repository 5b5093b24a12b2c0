import { spawnSync } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build as viteBuild } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that `npm start` and the published package need, in `dist/`: the doors, the panel, the site script, the pages of the examples. */
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
  await buildWorkspacePage();
  await cp(`${root}backend/server/site`, `${root}dist/backend/server/site`, { recursive: true });
}

/** The page of the example workspace, as its server serves it. */
export async function buildWorkspacePage(): Promise<void> {
  await viteBuild({
    root: `${root}backend/server/workspace/site`,
    configFile: false,
    logLevel: 'warn',
    cacheDir: `${root}node_modules/.vite/workspace`,
    plugins: [react()],
    // The doors by the names that a user imports, from the source: the build has nothing to wait for.
    resolve: {
      alias: {
        'backoffice-sync/react-query': `${root}backoffice/react/query/index.ts`,
        'backoffice-sync/react': `${root}backoffice/react/index.ts`,
        'backoffice-sync/client': `${root}backoffice/client/index.ts`,
      },
    },
    // Fonts and images as files only: a data address would need a wider content security policy.
    build: { outDir: `${root}dist/backend/server/workspace/site`, emptyOutDir: true, assetsInlineLimit: 0 },
  });
}

/** The public site's scripts alone, as the server serves them; also for `npm run dev`. Two builds: the first one shares no file with the second. */
export async function buildSiteScript(): Promise<void> {
  const scripts = [
    ['autostart', 'site.js'],
    ['reportShown', 'site-report.js'],
  ] as const;
  for (const [entry, name] of scripts) {
    await viteBuild({
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      build: {
        outDir: `${root}dist/site`,
        emptyOutDir: name === 'site.js',
        target: 'es2022',
        lib: { entry: `${root}backoffice/site/${entry}.ts`, formats: ['es'], fileName: () => name },
      },
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
