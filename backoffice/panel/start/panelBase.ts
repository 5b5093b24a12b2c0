/** Where the panel is mounted, found at run time because one build serves every mount. */

/**
 * The path of the mount with a slash at both ends: `/admin/`.
 *
 * Shape   the `<base href>` that the server inserts; without one the folder that the page was asked from
 */
export function panelBase(page: Document = document): string {
  const base = page.querySelector('base[href]');
  if (base !== null) return withSlash(new URL(page.baseURI).pathname);
  return withSlash(new URL('.', page.baseURI).pathname);
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
