import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { recordBefore, type StoredRecord } from '../log/advance.ts';
import type { ChangeLog } from '../log/changeLog.ts';
import type { SaveRequest } from './saveRequest.ts';

/**
 * Refuses a save of a record that its user may not see or change, judged inside the chain by what is stored at that moment;
 * a deleted one by what it was last.
 *
 * Errors  NOT_FOUND for one that is not there for this user, ALREADY_EXISTS for a create under such an id, FORBIDDEN
 */
export async function refuseHidden(request: SaveRequest, stored: StoredRecord | null, log: ChangeLog): Promise<void> {
  const { access, resource, id, intent } = request;
  if (!access || stored === null) return;
  const last = stored.record ?? (await lastRecord(stored, log));
  if (last === null) return;
  if (!access.sees(last)) {
    if (intent === 'create')
      throw new SyncError('ALREADY_EXISTS', `The id "${id}" is taken. Choose another one, or leave it out.`);
    throw new SyncError('NOT_FOUND', `${resource.name} has no record "${id}".`);
  }
  if (!access.may(actionOf(request), last)) refuse(request);
}

/**
 * Refuses a save after which the record would be one that its user may not make: moved to another owner, for instance.
 *
 * Errors  FORBIDDEN
 */
export function refuseForbidden(request: SaveRequest, record: JsonObject): void {
  if (request.access && !request.access.may(actionOf(request), record)) refuse(request);
}

function actionOf({ intent }: SaveRequest): 'create' | 'update' | 'delete' | 'publish' {
  return intent === 'unpublish' ? 'publish' : intent;
}

function refuse(request: SaveRequest): never {
  throw new SyncError('FORBIDDEN', `${request.actor.name} may not ${actionOf(request)} this record with these values.`);
}

/** What a deleted record was before; null when the log no longer holds it. */
async function lastRecord(stored: StoredRecord, log: ChangeLog): Promise<JsonObject | null> {
  const entry = await log.version(stored.resource, stored.id, stored.version);
  return entry ? recordBefore(entry) : null;
}
