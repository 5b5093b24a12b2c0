import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { formatPointer, parsePointer } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { PendingSave } from './pendingSave.ts';
import { isRecordRoute } from './recordUrl.ts';
import type { SaveMethod } from './syncState.ts';

/** One save as it travels. */
export interface SaveRequest {
  readonly url: string;
  readonly method: SaveMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The part of a pending save that decides what is sent. */
export type SavePlan = Pick<
  PendingSave,
  'url' | 'method' | 'data' | 'base' | 'blind' | 'unset' | 'keep' | 'notify' | 'etag' | 'key'
>;

/**
 * Writes a save as a request.
 *
 * Base    `$base` for the fields sent; a whole-number `version` in the data is a base too; on a route of ours without either,
 *         PATCH with `If-Match: *`: "set these fields", and the receipt says what that overwrote. Never a record fetched just
 *         now: its values are not what the form was loaded with
 */
export function buildSaveRequest(save: SavePlan): SaveRequest {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    Prefer: preferOf(save),
    'Idempotency-Key': save.key,
  };
  const isOwn = isRecordRoute(save.url);
  let method = save.method;
  let body: JsonObject = save.unset.length > 0 ? { ...save.data, $unset: save.unset } : save.data;
  if (method === 'DELETE') {
    if (save.blind) headers['If-Match'] = '*';
    else if (save.etag !== null) headers['If-Match'] = save.etag;
  } else if (method !== 'POST' && save.base !== null && !save.blind) {
    body = { ...body, $base: fieldsOf(save.base, save.data, save.unset) };
  } else if (method !== 'POST' && isOwn && (save.blind || !hasVersion(save.data))) {
    method = 'PATCH';
    headers['If-Match'] = '*';
  } else if (save.base !== null && !isOwn) {
    body = { ...body, $base: fieldsOf(save.base, save.data, save.unset) };
  }
  const isEmpty = method === 'DELETE' && Object.keys(body).length === 0;
  if (!isEmpty) headers['Content-Type'] = 'application/json';
  return { url: save.url, method, headers, body: isEmpty ? null : JSON.stringify(body) };
}

/**
 * Reads names or pointers of fields as pointers.
 *
 * Errors  OPTION_INVALID for a name that a header cannot carry
 */
export function toPointers(fields: readonly string[]): readonly string[] {
  return fields.map((field) => {
    const pointer = field.startsWith('/') && parsePointer(field) ? field : formatPointer([field]);
    if (/^[\x21\x23-\x5b\x5d-\x7e\xa1-\xff]+$/.test(pointer)) return pointer;
    throw new SyncError('OPTION_INVALID', `preserveFields: "${field}" has a character that a header cannot carry.`);
  });
}

function preferOf(save: SavePlan): string {
  const wishes = ['receipt'];
  if (save.keep.length > 0) wishes.push(`keep="${save.keep.join(' ')}"`);
  if (!save.notify) wishes.push('notify=none');
  return wishes.join(', ');
}

function hasVersion(data: JsonObject): boolean {
  return typeof data['version'] === 'number' && Number.isInteger(data['version']) && data['version'] > 0;
}

function fieldsOf(base: JsonObject, data: JsonObject, unset: readonly string[]): JsonObject {
  const names = new Set([...Object.keys(data), ...unset.map((pointer) => parsePointer(pointer)?.[0] ?? '')]);
  const picked: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = Object.hasOwn(base, name) ? base[name] : undefined;
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
