import { parseEtag } from '../../shared/cursor.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { toPointers } from './buildSaveRequest.ts';
import { checkOptions } from './checkOptions.ts';
import type { Clock } from './clock.ts';
import type { SyncOptions } from './createRealtimeSyncService.ts';
import { createUuid } from './createUuid.ts';
import type { PendingSave } from './pendingSave.ts';
import type { RecordMemory } from './recordMemory.ts';
import { isRecordRoute, recordKeyOf } from './recordUrl.ts';
import type { SaveMethod } from './syncState.ts';

const knownWishes = ['preserveFields', 'notifyFrontend', 'base', 'unset', 'blind'] as const;

/**
 * Makes a save out of what the caller gave. Data and base are copied: what the caller does with its objects later counts no more.
 *
 * Shape   a create on a route of ours gets its id here, so that later edits of the same record need not wait for the answer
 * Errors  OPTION_UNKNOWN, OPTION_INVALID
 */
export function createPendingSave(from: {
  readonly url: string;
  readonly method: SaveMethod;
  readonly data: object;
  readonly wishes: SyncOptions;
  readonly memory: RecordMemory;
  readonly clock: Clock;
}): PendingSave {
  const { url, method, wishes, clock } = from;
  checkOptions(wishes, knownWishes);
  const given = copyOf(from.data, 'data');
  const unset = wishes.unset ?? [];
  const blind = wishes.blind ?? false;
  const nowMs = clock.now();
  const isCreate = method === 'POST' && isRecordRoute(url) && url.split('/').length === 3;
  const typed = isCreate && given['id'] === undefined ? { ...given, id: createUuid(nowMs) } : given;
  const known = blind || method === 'POST' ? null : from.memory.place(url, { data: typed, unset });
  const base = wishes.base === undefined ? null : copyOf(wishes.base, 'base');
  const placed =
    base === null || method === 'POST' ? known : { data: typed, base, etag: etagOf(base, known?.etag ?? null) };
  const saveId = createUuid(nowMs);
  return {
    id: saveId,
    record: recordOf(url, method, typed['id'] ?? saveId),
    url,
    method,
    keep: toPointers(wishes.preserveFields ?? []),
    notify: wishes.notifyFrontend ?? true,
    addedAt: new Date(nowMs),
    typed,
    data: placed?.data ?? typed,
    base: placed?.base ?? null,
    before: null,
    blind,
    unset,
    etag: placed?.etag ?? null,
    key: createUuid(nowMs),
    request: null,
    status: 'waiting',
    problem: null,
    conflicts: [],
    current: null,
    waiters: [],
    gone: new AbortController(),
    wake: null,
    flush: null,
    touch: null,
  };
}

/** A create on another route than ours shares its record with nothing. */
function recordOf(url: string, method: SaveMethod, id: JsonValue): string {
  const key = recordKeyOf(url);
  return method === 'POST' && isRecordRoute(url) ? `${key}/${encodeURIComponent(String(id))}` : key;
}

/** The remembered ETag, when it is one of the version that the caller names. */
function etagOf(base: JsonObject, etag: string | null): string | null {
  const version = base['version'];
  return etag === null || (version !== undefined && parseEtag(etag)?.version !== version) ? null : etag;
}

function copyOf(value: object, name: string): JsonObject {
  const copy = JSON.parse(JSON.stringify(value)) as JsonValue;
  if (isJsonObject(copy)) return copy;
  throw new SyncError('OPTION_INVALID', `${name} has to be an object with the fields to save; a list came.`);
}
