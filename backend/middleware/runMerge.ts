import type { Request, Response } from 'express';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { diff, jsonEquals, restoreProtected } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Sealer } from '../auth/sealer.ts';
import { defineInternalResource, type Resource } from '../records/defineResource.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { mergeSave } from '../records/mergeSave.ts';
import { bodyKind, readJsonBody } from '../records/readJsonBody.ts';
import { parseIfMatch, splitBody, type SaveBase } from '../records/saveBase.ts';
import { readSaveHeaders } from '../records/saveHeaders.ts';
import type { SaveBody, SaveRequest } from '../records/saveRequest.ts';
import { mergeStateOf, type MergeInfo, type MergeState } from './mergeState.ts';
import { sendProblem } from './problemHandler.ts';
import type { RecordLock } from './recordLock.ts';
import { expectedVersion, toJson, type MergeRoute } from './mergeRoute.ts';
import { acceptAll } from './acceptAll.ts';

/** One request through smartMerge. */
export interface MergeRun {
  readonly route: MergeRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly request: Request;
  readonly response: Response;
  readonly lock: RecordLock;
  readonly lockTimeoutMs: number;
}

/** How often `save` may lose against another process before the client is asked to try again. */
const maxAttempts = 5;
/** Larger than any body parser's own default; the integrator's parser has usually set a smaller one. */
const maxBodyBytes = 1_048_576;
const maxDepth = 64;

/**
 * Merges one request and says whether the next handler runs; false when the answer was given here.
 *
 * The turn of the record is taken before `load` and given back when the response has ended, so that what was loaded is
 * still what is stored while the integrator's handler writes.
 */
export async function runMerge(run: MergeRun): Promise<boolean> {
  const { route, params, request, response } = run;
  const id = route.id?.(request, params) ?? params['id'] ?? 'main';
  let release: () => void;
  try {
    release = await run.lock.take(`${route.resource}/${id}`, run.lockTimeoutMs);
  } catch (error) {
    sendProblem(request, response, error);
    return false;
  }
  const state = mergeStateOf(request);
  // `close` comes after every end, also of a connection that was cut; what notifyFrontend has to write comes first.
  response.once('close', () => void (state.afterResponse?.() ?? Promise.resolve()).finally(release));
  try {
    return await merge(run, state, id);
  } catch (error) {
    if (!(error instanceof SyncError) || error.code === 'INTERNAL') throw error;
    sendProblem(request, response, error);
    return false;
  }
}

async function merge(run: MergeRun, state: MergeState, id: string): Promise<boolean> {
  const { route, params, request, response } = run;
  const headers = readSaveHeaders(request);
  const sent = await readSent(request);
  Object.assign(state, { resource: route.resource, id, notify: headers.notify, mutationId: headers.idempotencyKey });
  state.reload = async () => route.load(request, params);
  if (sent.base.kind === 'none' && route.base === 'required') {
    throw new SyncError(
      'BASE_REQUIRED',
      'Send "$base" with the values that the form was loaded with, or If-Match: * to overrule whatever others saved.',
    );
  }
  if (sent.base.kind === 'none') warnOnce(route);
  const resource = resourceOf(route, [...state.schemas, ...(route.schema ? [route.schema] : [])]);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const loaded = await route.load(request, params);
    // Nothing is stored there: the route's own handler knows what to answer.
    if (loaded === null || loaded === undefined) return true;
    const current = toJson(loaded, route.resource);
    const info = await mergeOnce({ route, resource, request, sent, keep: headers.keep, current, loaded, id });
    request.merge = info;
    if (info.receipt.outcome === 'unchanged' && route.unchanged !== 'pass') {
      response
        .set('Sync-Outcome', 'unchanged')
        .status(200)
        .json({ ...current, $receipt: info.receipt });
      return false;
    }
    request.body = route.body === 'changes' ? info.changes : info.merged;
    if (!route.save) return true;
    const saved = await route.save(info.merged, { expectedVersion: expectedVersion(route, current) });
    if (saved !== null && saved !== undefined) {
      request.merge = { ...info, saved };
      return true;
    }
  }
  throw new SyncError(
    'SAVE_BUSY',
    'Other processes are saving this record faster than it can be merged. Send the same save again in a moment.',
    {
      extensions: { retryAfterSeconds: 1 },
    },
  );
}

/** A foreign route has no secrets of ours: nothing to seal, nothing to open. */
const noSecrets: Sealer = {
  seal: (plain) => plain,
  open: (sealed) => sealed,
  isSealed: (_value): _value is string => false,
};

interface Sent {
  readonly body: SaveBody;
  readonly base: SaveBase;
}

const warned = new WeakSet<MergeRoute>();

/** Older clients must go on working, but whoever runs the server should know that they can overwrite each other. */
function warnOnce(route: MergeRoute): void {
  if (warned.has(route)) return;
  warned.add(route);
  process.emitWarning(
    `A save of "${route.resource}" did not say what it was based on: it sets its fields whoever changed them. Send "$base", or close this with base: 'required'.`,
    { type: 'BackofficeSyncWarning', code: 'BACKOFFICE_SYNC_BLIND_SAVE' },
  );
}

async function readSent(request: Request): Promise<Sent> {
  const kind = bodyKind(request.get('content-type'));
  const raw = await readJsonBody(request, maxBodyBytes);
  inspectJson(raw, maxDepth);
  // Another If-Match than * speaks of the route's own ETags and is its handler's affair.
  const ifMatch = request.get('if-match')?.trim() === '*' ? parseIfMatch('*') : null;
  if (kind === 'jsonPatch') return { body: { kind, operations: raw }, base: ifMatch ?? { kind: 'none' } };
  if (!isJsonObject(raw)) throw new SyncError('BODY_NOT_OBJECT', 'Send a JSON object with the fields to save.');
  if (kind === 'mergePatch') return { body: { kind, patch: raw }, base: ifMatch ?? { kind: 'none' } };
  const { fields, unset, base } = splitBody(raw, ifMatch);
  // On their route `version` may mean something else: it is a base only on ours.
  return { body: { kind, fields, unset }, base: base.kind === 'versions' ? { kind: 'none' } : base };
}

function resourceOf(route: MergeRoute, schemas: MergeState['schemas']): Resource {
  return defineInternalResource({
    name: route.resource,
    schema: acceptAll(schemas),
    preserve: route.preserve ?? [],
    ...(route.keys ? { keys: route.keys } : {}),
    maxRecordBytes: Number.MAX_SAFE_INTEGER,
  });
}

interface MergeOnce {
  readonly route: MergeRoute;
  readonly resource: Resource;
  readonly request: Request;
  readonly sent: Sent;
  readonly keep: readonly string[];
  readonly current: JsonObject;
  readonly loaded: unknown;
  readonly id: string;
}

async function mergeOnce(once: MergeOnce): Promise<MergeInfo> {
  const { resource, route, sent, current } = once;
  const base = sent.base.kind === 'values' ? sent.base.values : null;
  const save: SaveRequest = {
    resource, id: once.id, intent: 'update', body: sent.body, base: sent.base, needsBase: false, keep: once.keep,
    actor: { id: '', name: '', kind: 'server' },
    foreign: true,
  }; // prettier-ignore
  const stored = {
    resource: resource.name,
    id: once.id,
    version: 1,
    record: current,
    published: null,
    authors: {},
    changedAt: 0,
    changedBy: save.actor,
  };
  const { record, changed, receipt } = await mergeSave(save, stored, base, noSecrets);
  if (!changed) return { current: once.loaded, base, merged: record, changes: {}, patch: [], receipt };
  const stamped = stamp(route, once.request, record, current);
  const kept = restoreProtected({ stored: current, incoming: stamped, paths: ['/id', '/createdAt'] })
    .record as JsonObject;
  return {
    current: once.loaded,
    base,
    merged: withNative(kept, once.loaded),
    changes: changesOf(kept, current),
    patch: diff(current, kept),
    receipt,
  };
}

/** `updatedAt` and `updatedBy` where the record has them: from the server, never from the body. */
function stamp(route: MergeRoute, request: Request, record: JsonObject, current: JsonObject): JsonObject {
  const stamped: Record<string, JsonValue> = { ...record };
  if ('updatedAt' in current) stamped['updatedAt'] = new Date().toISOString();
  if ('updatedBy' in current && route.actor) stamped['updatedBy'] = route.actor(request);
  return stamped;
}

function changesOf(merged: JsonObject, current: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(merged).filter(([name, value]) => current[name] === undefined || !jsonEquals(value, current[name])),
  );
}

/** Where nothing changed, what the driver loaded stays itself: a Date remains a Date, a decimal a decimal. */
function withNative(merged: JsonObject, loaded: unknown): JsonObject {
  if (typeof loaded !== 'object' || loaded === null) return merged;
  const native = loaded as Record<string, unknown>;
  const mixed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(merged)) {
    const own = native[name];
    if (own instanceof Date && typeof value === 'string')
      mixed[name] = own.toISOString() === value ? own : new Date(value);
    else if (typeof own === 'object' && own !== null && jsonEquals(JSON.parse(JSON.stringify(own)) as JsonValue, value))
      mixed[name] = own;
    else if (typeof own === 'bigint' && own.toString() === value) mixed[name] = own;
    else mixed[name] = value;
  }
  return mixed as JsonObject;
}
