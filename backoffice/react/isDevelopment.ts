declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** True in a development build. A page without a bundler has no `process`, and counts as production. */
export function isDevelopment(): boolean {
  try {
    // Written out like this, because bundlers replace exactly these words.
    return process.env.NODE_ENV !== 'production';
  } catch {
    return false;
  }
}
