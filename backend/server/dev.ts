import { createServer as createHttpServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createServer as createVite } from 'vite';
import { buildSiteScript, buildWorkspacePage } from './build.ts';
import { createServer } from './createServer.ts';
import { readSettings } from './settings.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * `npm run dev`: one port, sources as they are, reload on change. `tsx watch` restarts the server, Vite reloads the panel.
 *
 * Express comes first and Vite in middleware mode behind it, so that `/admin` is the panel's source and `/api` the API.
 */
async function dev(): Promise<void> {
  const settings = readSettings({ LOG_LEVEL: 'warn', ...process.env });
  await buildSiteScript();
  if (settings.example === 'workspace') await buildWorkspacePage();
  const server = createServer(settings);
  await server.sync.ready;
  const http = createHttpServer();
  const vite = await createVite({
    root: `${root}backoffice/panel`,
    configFile: `${root}backoffice/panel/vite.config.ts`,
    base: '/admin/',
    appType: 'spa',
    // What `sync.panel()` does for the built page: a deep link has to find the mount.
    plugins: [
      { name: 'base-href', transformIndexHtml: (html) => html.replace('<head>', '<head><base href="/admin/" />') },
    ],
    cacheDir: `${root}node_modules/.vite/dev`,
    server: { middlewareMode: true, hmr: { server: http } },
  });
  http.on('request', (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const isPanelSource = path.startsWith('/admin') && path !== '/admin/config.json';
    if (!isPanelSource) {
      server.app(request, response);
      return;
    }
    if (path === '/admin') request.url = request.url?.replace('/admin', '/admin/');
    vite.middlewares(request, response, () => server.app(request, response));
  });
  server.sync.attach(http);
  http.listen(settings.port, settings.host, () => {
    process.stdout.write(
      `\nhttp://${settings.host}:${settings.port}/        the public site\nhttp://${settings.host}:${settings.port}/admin   the panel, from source\n`,
    );
    const password = server.firstSecrets().password;
    if (password !== null) process.stdout.write(`Sign in as admin with ${password}\n`);
  });
  process.once('SIGTERM', () => void Promise.all([vite.close(), server.close()]).then(() => process.exit(0)));
}

await dev();
