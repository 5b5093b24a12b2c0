import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import { SyncError } from '../shared/problem.ts';
import { handle } from './handle.ts';

/** The built scripts inside the package, found from the source and from the built file alike. */
const folder = new URL(import.meta.url.endsWith('.ts') ? '../dist/site/' : '../site/', import.meta.url);

/**
 * Serves a script of the public site, `<mount>/site.js` or what that loads, also to pages of other origins: it holds nothing but code.
 *
 * Errors  NOT_FOUND when the package was not built
 */
export function siteScript(name: 'site.js' | 'site-report.js'): RequestHandler {
  const path = fileURLToPath(new URL(name, folder));
  return handle(async (_request, response) => {
    const script = await readFile(path).catch((cause: unknown) => {
      throw new SyncError(
        'NOT_FOUND',
        'The site script is not built. Run "npm run build", or install the published package, which carries it.',
        { cause },
      );
    });
    response
      .set({ 'Cache-Control': 'no-cache', 'Access-Control-Allow-Origin': '*' })
      .type('text/javascript')
      .send(script);
  });
}
