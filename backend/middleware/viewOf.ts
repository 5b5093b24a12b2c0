import type { Request } from 'express';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { getAt } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Conflict } from '../../shared/receipt.ts';
import { toJson, type MergeRoute } from './mergeRoute.ts';

/** What the asker may see of a stored record; null for nothing. */
export function viewOf(route: MergeRoute, request: Request, record: JsonObject): JsonObject | null {
  if (!route.view) return record;
  const seen = route.view(record, request);
  return seen === null ? null : toJson(seen, route.resource);
}

/**
 * A refusal with `current` as the asker may see it, and conflicts without the stored values of fields that he may not; any
 * other error as it is.
 */
export function viewOfConflict(route: MergeRoute, request: Request, error: SyncError): SyncError {
  const { current, conflicts } = error.extensions;
  if (!route.view || !isJsonObject(current)) return error;
  const seen = viewOf(route, request, current);
  if (!Array.isArray(conflicts))
    return new SyncError(error.code, error.message, {
      cause: error,
      extensions: { ...error.extensions, current: seen },
    });
  const told = (conflicts as unknown as readonly Conflict[]).map(({ theirs: _stored, ...conflict }) => {
    const theirs = getAt(seen ?? undefined, conflict.path);
    return theirs === undefined ? conflict : { ...conflict, theirs };
  });
  return new SyncError('CONFLICT', error.message, {
    cause: error,
    extensions: { ...error.extensions, conflicts: told as never, current: seen },
  });
}
