import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { ChangeLog } from '../log/changeLog.ts';
import type { SaveRequest } from './saveRequest.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/**
 * The record or the values that a save was based on; null when it overrules or may be blind.
 *
 * Errors  BASE_REQUIRED when it needs one and says none, BASE_GONE with the current record when the log no longer holds it
 */
export async function baseRecord(
  request: SaveRequest,
  stored: StoredRecord | null,
  log: ChangeLog,
): Promise<JsonObject | null> {
  switch (request.base.kind) {
    case 'values':
      return request.base.values;
    case 'overrule':
      return null;
    case 'none':
      if (!request.needsBase) return null;
      throw new SyncError(
        'BASE_REQUIRED',
        'Send "$base" with the values that the form was loaded with, or If-Match with the ETag of the record. If-Match: * overrules whatever others saved.',
      );
    case 'versions':
      return versionRecord(request, stored, log);
    case 'updatedAt':
      return stampedRecord(request, request.base.updatedAt, stored, log);
  }
}

async function versionRecord(request: SaveRequest, stored: StoredRecord | null, log: ChangeLog): Promise<JsonObject> {
  if (request.base.kind !== 'versions') throw new TypeError('only for versions');
  for (const { epoch, version } of request.base.versions) {
    if (version === undefined || (epoch !== undefined && epoch !== log.epoch)) continue;
    if (stored && stored.version === version && stored.record) return stored.record;
    const entry = await log.version(request.resource.name, request.id, version);
    if (entry?.record && (request.access?.sees(entry.record) ?? true)) return entry.record;
  }
  throw baseGone(request, stored);
}

/** How many versions are searched for an `updatedAt`; a form that is older than that is based on nothing that is known. */
const maxSearched = 100;

/** `updatedAt` rises strictly per record, so at most one version has it. */
async function stampedRecord(
  request: SaveRequest,
  updatedAt: string,
  stored: StoredRecord | null,
  log: ChangeLog,
): Promise<JsonObject> {
  if (stored?.record?.['updatedAt'] === updatedAt) return stored.record;
  const entries = await log.history(request.resource.name, request.id, { limit: maxSearched });
  const found = entries.find(({ record }) => record?.['updatedAt'] === updatedAt)?.record;
  if (found && (request.access?.sees(found) ?? true)) return found;
  throw baseGone(request, stored);
}

function baseGone(request: SaveRequest, stored: StoredRecord | null): SyncError {
  return new SyncError(
    'BASE_GONE',
    'The version named as base is not kept (any more). Compare what you have with "current" and send it again with "current" as "$base".',
    { extensions: { current: stored?.record ? withoutSecrets(request.resource, stored.record) : null } },
  );
}
