import { join } from 'node:path';
import { createSealer, type Sealer } from './auth/sealer.ts';
import { secretKey } from './auth/secretKey.ts';
import { readTextIfExists } from './stores/lowdb/durableFile.ts';

/** The keys of an installation: the first seals, all open. */
export type KeyRing = readonly [Buffer, ...Buffer[]];

/** The key that a rotation is going to end with, beside the file `key` that still counts. */
export const nextKeyName = 'key.next';

/**
 * The keys as given (each 32 bytes in base64, separated by commas), or those of the data folder: its `key`, and the next one while a
 * rotation is under way.
 *
 * Errors  OPTION_INVALID, FOLDER_UNUSABLE
 */
export async function keyRing(given: string | undefined, folder: string | undefined): Promise<KeyRing> {
  if (given !== undefined) {
    const [first = '', ...others] = given.split(',').map((part) => part.trim());
    return [await secretKey(first, folder), ...(await Promise.all(others.map((part) => secretKey(part, folder))))];
  }
  const current = await secretKey(undefined, folder);
  const next = folder === undefined ? null : await readTextIfExists(join(folder, nextKeyName));
  return next === null ? [current] : [current, await secretKey(next, undefined)];
}

/** Seals with the first key and opens with the one that sealed. */
export function createRingSealer(ring: KeyRing): Sealer {
  const [first, ...others] = ring.map((key) => createSealer(key)) as [Sealer, ...Sealer[]];
  const prefixOf = (sealed: string) => sealed.slice(0, sealed.indexOf(':', 'sealed:'.length));
  const byPrefix = new Map([first, ...others].map((sealer) => [prefixOf(sealer.seal('')), sealer]));
  return { ...first, open: (sealed) => (byPrefix.get(prefixOf(sealed)) ?? first).open(sealed) };
}
