import { SyncError } from '../../shared/problem.ts';
import type { Write } from './store.ts';

/**
 * Refuses a write that no caller may make: its version has to be the expected one plus 1, so that versions have no hole.
 *
 * Errors  INTERNAL, thrown: the batch is not written at all
 */
export function checkWrite(write: Write): void {
  if (!('expectedVersion' in write)) return;
  const { entry, expectedVersion } = write;
  if (Number.isSafeInteger(expectedVersion) && expectedVersion >= 0 && entry.version === expectedVersion + 1) return;
  throw new SyncError(
    'INTERNAL',
    `A write of ${entry.resource}/${entry.id} has to store the version after the expected one; it expects ${expectedVersion} and would store ${entry.version}.`,
  );
}

/**
 * The error of an entry whose text not every store can keep, given its JSON; null when all can.
 *
 * JSON text shows both as an escape and nothing else does: U+0000, and half of a surrogate pair. PostgreSQL refuses them,
 * so every store does; otherwise a move to another store would fail on data that was saved.
 */
export function findForbiddenText(json: string): SyncError | null {
  // An even number of backslashes before the escape is escaped text, such as "\\u0000", which is harmless.
  if (!json.includes('\\u') || !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(json)) return null;
  return new SyncError(
    'FORBIDDEN_TEXT',
    'A text holds U+0000 or half of a surrogate pair, which cannot be stored; remove the character and save again.',
  );
}
