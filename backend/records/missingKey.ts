import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { formatPointer, getAt, parsePointer } from '../../shared/merge/index.ts';
import { SyncError, type FieldError } from '../../shared/problem.ts';

/** The error of a new item that has no key and cannot be given one. */
export function missingKey(path: readonly string[]): FieldError {
  const field = path.at(-1) ?? 'id';
  return {
    path: formatPointer(path),
    code: 'key_missing',
    message: `A new item of this list has to bring its "${field}": the server can only give a uuid.`,
  };
}

/** Refuses a save with such items. */
export function refuseMissingKeys(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new SyncError(
    'INVALID',
    `${errors.length === 1 ? 'One new item has' : `${errors.length} new items have`} no key; nothing was saved.`,
    { extensions: { errors: errors.slice(0, maxErrors) as never } },
  );
}

/** The most errors of one answer. */
const maxErrors = 20;

/**
 * A refusal in which an error at a key that the server gave says what is missing: the client never sent what is refused.
 *
 * Shape   `record` is what was judged, `given` the keys in it that came from the server
 */
export function withMissingKeys(error: unknown, record: JsonObject, given: ReadonlySet<string>): unknown {
  if (given.size === 0 || !(error instanceof SyncError) || error.code !== 'INVALID') return error;
  const { errors } = error.extensions;
  if (!Array.isArray(errors)) return error;
  const told = errors.map((one) => {
    const path = isJsonObject(one) ? one['path'] : undefined;
    const value = typeof path === 'string' ? getAt(record, path) : undefined;
    return typeof path === 'string' && typeof value === 'string' && given.has(value)
      ? missingKey(parsePointer(path) ?? [])
      : one;
  });
  return new SyncError(error.code, error.message, {
    extensions: { ...error.extensions, errors: told as never },
    cause: error,
  });
}
