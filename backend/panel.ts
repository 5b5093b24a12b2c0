import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { ownOrigin } from './auth/sameOrigin.ts';
import { handle } from './handle.ts';
import { refuseUnknownOptions } from './options.ts';

/** What the panel is told when it starts in a browser. */
export interface PanelOptions {
  /** Where the API is, as the browser reaches it: the address before `/api/…`. Default the same origin. */
  readonly backendUrl?: string;
  /** The public site, for "open on the site". Default none. */
  readonly siteUrl?: string;
  /** The name in the corner. Default "Back office". */
  readonly title?: string;
}

const known = ['backendUrl', 'siteUrl', 'title'];
/** The built panel inside the package, found from the source and from the built file alike. */
const folder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../dist/panel/' : '../panel/', import.meta.url),
);

/**
 * Serves the admin panel on any path: `app.use('/admin', sync.panel())`.
 *
 * Its page gets a `<base>` with the path it was mounted on, and reads `config.json` beside it; no script stands in the page,
 * so that the content security policy needs no `unsafe-inline` for scripts.
 */
export function createPanel(options: PanelOptions): RequestHandler {
  refuseUnknownOptions('panel', options, known);
  const router = express.Router();
  const config = {
    backendUrl: options.backendUrl ?? '',
    siteUrl: options.siteUrl ?? null,
    title: options.title ?? 'Back office',
  };

  router.use((request, response, next) => {
    response.set({
      'Content-Security-Policy': contentSecurityPolicy(request, config.backendUrl, config.siteUrl),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'X-Frame-Options': 'SAMEORIGIN',
    });
    next();
  });
  router.get('/config.json', (_request, response) => {
    response.set('Cache-Control', 'no-cache').json(config);
  });
  // Names of built files carry a hash of their content, so they never change.
  router.use(
    '/assets',
    express.static(`${folder}assets`, { immutable: true, maxAge: '365d', index: false, fallthrough: false }),
  );
  router.use(express.static(folder, { index: false, redirect: false }));
  router.get(
    /.*/,
    handle((request, response) => sendPage(request, response)),
  );
  return router;
}

async function sendPage(request: Request, response: Response): Promise<void> {
  let page: string;
  try {
    page = await readFile(`${folder}index.html`, 'utf8');
  } catch (cause) {
    throw new Error(
      'The panel is not built. Run "npm run build", or install the published package, which carries it.',
      { cause },
    );
  }
  const base = `${request.baseUrl}/`.replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  response
    .set('Cache-Control', 'no-cache')
    .type('html')
    .send(page.replace('<head>', `<head>\n    <base href="${base}">`));
}

function contentSecurityPolicy(request: Request, backendUrl: string, siteUrl: string | null): string {
  const origins = [backendUrl, siteUrl ?? ''].filter((url) => URL.canParse(url)).map((url) => new URL(url).origin);
  const others = origins.filter((origin) => origin !== ownOrigin(request)).join(' ');
  return [
    `default-src 'self'`,
    `script-src 'self'`,
    // Mantine writes its variables and positions as style elements and attributes.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob: ${others}`.trim(),
    `font-src 'self' data:`,
    `connect-src 'self' ${others}`.trim(),
    `frame-src 'self' ${others}`.trim(),
    `frame-ancestors 'self'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `object-src 'none'`,
  ].join('; ');
}
