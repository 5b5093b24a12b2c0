import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import { SyncError } from '../shared/problem.ts';
import { handle } from './handle.ts';

/** The built script inside the package, found from the source and from the built file alike. */
const path = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../dist/site/site.js' : '../site/site.js', import.meta.url),
);

/**
 * Serves the public site's script at `<mount>/site.js`, also to pages of other origins: it holds nothing but code.
 *
 * Errors  NOT_FOUND when the package was not built
 */
export function siteScript(): RequestHandler {
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
