import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { SaveBase } from '../records/saveBase.ts';
import type { MergeRoute } from './mergeRoute.ts';
import type { Sent } from './readSent.ts';
import { findSnapshot, keepSnapshot } from './syncEtag.ts';

/**
 * What a save on an integrator's route is based on, now that the stored record is known; keeps that record for the next one.
 *
 * Errors  BASE_GONE when what it names is forgotten, VERSION_CHANGED where the route is strict; both with the current record
 */
export function routeBase(
  route: MergeRoute,
  sent: Sent,
  of: { readonly current: JsonObject; readonly id: string },
): SaveBase {
  const { current, id } = of;
  const field = route.baseField;
  const nameOf = (value: unknown) => `${id}/${String(field)}=${JSON.stringify(value)}`;
  const tag = keepSnapshot(route.resource, current, field === undefined ? [] : [nameOf(current[field])]);
  if (sent.tags.length > 0) {
    if (sent.tags.includes(tag)) return { kind: 'values', values: current };
    if (route.ifMatch === 'strict')
      throw new SyncError(
        'VERSION_CHANGED',
        'The record is no longer the one that If-Match asks for. Nothing was saved; read it again, or merge with "current".',
        { extensions: { current, etag: tag } },
      );
    for (const one of sent.tags) {
      const known = findSnapshot(route.resource, one);
      if (known) return { kind: 'values', values: known };
    }
    throw baseGone(current, tag);
  }
  const said = field === undefined || sent.body.kind !== 'fields' ? undefined : sent.body.fields[field];
  if (sent.base.kind !== 'none' || said === undefined || said === null) return sent.base;
  const known = findSnapshot(route.resource, nameOf(said));
  if (known) return { kind: 'values', values: known };
  throw baseGone(current, tag);
}

/** True for a save that says what it is based on, whether that is still known or not. */
export function saysBase(route: MergeRoute, sent: Sent): boolean {
  if (sent.base.kind !== 'none' || sent.tags.length > 0) return true;
  const { baseField } = route;
  return baseField !== undefined && sent.body.kind === 'fields' && (sent.body.fields[baseField] ?? null) !== null;
}

function baseGone(current: JsonObject, etag: string): SyncError {
  return new SyncError(
    'BASE_GONE',
    'What this save was based on is not known (any more). Compare what you have with "current" and send it again with "current" as "$base".',
    { extensions: { current, etag } },
  );
}
