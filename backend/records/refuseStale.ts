import type { JsonObject } from '../../shared/json.ts';
import { formatPointer, jsonEquals, type MergeConflict } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { StoredRecord } from '../log/advance.ts';
import { conflictProblem } from './receiptLines.ts';
import type { SaveRequest } from './saveRequest.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** True for a save that names the version which is stored. */
function standsOn({ base }: SaveRequest, stored: StoredRecord, epoch: string): boolean {
  if (base.kind !== 'versions') return false;
  return base.versions.some((of) => of.version === stored.version && (of.epoch ?? epoch) === epoch);
}

/**
 * Refuses a save that may only meet the version which it names.
 *
 * Errors  VERSION_CHANGED with the current record
 */
export function refuseOther(request: SaveRequest, stored: StoredRecord, epoch: string): void {
  if (standsOn(request, stored, epoch)) return;
  throw new SyncError(
    'VERSION_CHANGED',
    `The record has version ${stored.version} by now, and If-Match asks for another one. Nothing was saved; read it again, or merge with "current".`,
    { extensions: { current: stored.record ? withoutSecrets(request.resource, stored.record) : null } },
  );
}

/**
 * Refuses a delete or publish on a version that is no longer the current one: what changed since is told as conflicts.
 *
 * Errors  CONFLICT
 */
export function refuseStale(
  request: SaveRequest,
  stored: StoredRecord,
  { base, epoch }: { base: JsonObject; epoch: string },
): void {
  if (standsOn(request, stored, epoch)) return;
  const { secret } = request.resource.classes;
  const current = stored.record ?? {};
  const from = base;
  const names = new Set([...Object.keys(from), ...(request.base.kind === 'values' ? [] : Object.keys(current))]);
  const conflicts = [...names].flatMap((name): readonly MergeConflict[] => {
    const [was, is] = [from[name], current[name]];
    if (was === is || (was !== undefined && is !== undefined && jsonEquals(was, is))) return [];
    // That a secret was changed is told, and nothing of it, not even sealed.
    const path = formatPointer([name]);
    if (secret.includes(path)) return request.base.kind === 'values' ? [] : [{ path }];
    return [{ path, ...(was === undefined ? {} : { base: was }), ...(is === undefined ? {} : { theirs: is }) }];
  });
  // What was counted since, a base of values cannot know: counting is nobody's edit.
  const noEdit = [
    ...['/version', '/updatedAt', '/updatedBy', '/publishedVersion'],
    ...request.resource.classes.counter,
  ];
  const told = conflicts.filter((conflict) => !noEdit.includes(conflict.path));
  if (told.length > 0) throw conflictProblem(request.resource, told, stored);
}
