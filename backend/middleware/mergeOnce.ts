import type { Request } from 'express';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { diff, jsonEquals, restoreProtected } from '../../shared/merge/index.ts';
import type { Sealer } from '../auth/sealer.ts';
import { defineInternalResource, type Resource } from '../records/defineResource.ts';
import { mergeSave } from '../records/mergeSave.ts';
import type { SaveRequest } from '../records/saveRequest.ts';
import type { StandardSchema } from '../records/standardSchema.ts';
import { acceptAll } from './acceptAll.ts';
import type { MergeRoute } from './mergeRoute.ts';
import type { MergeInfo } from './mergeState.ts';
import { nativeMembers } from './nativeValues.ts';
import type { Sent } from './readSent.ts';

/** One save and the record that it meets. */
export interface MergeOnce {
  readonly route: MergeRoute;
  readonly resource: Resource;
  readonly request: Request;
  readonly sent: Sent;
  readonly keep: readonly string[];
  readonly current: JsonObject;
  readonly loaded: unknown;
  readonly id: string;
}

/**
 * Merges what was sent with one loaded record; nothing is stored here.
 *
 * Errors  CONFLICT, INVALID, PATCH_FAILED, TEST_FAILED
 */
export async function mergeOnce(once: MergeOnce): Promise<MergeInfo> {
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
  const merged = nativeMembers(kept, { native: once.loaded, json: current });
  return {
    current: once.loaded,
    base,
    merged: merged as JsonObject,
    changes: changesOf(kept, current, merged),
    patch: diff(current, kept),
    receipt,
  };
}

/** The resource that a foreign route stands for, with the schemas that judge it. */
export function resourceOf(route: MergeRoute, schemas: readonly StandardSchema[]): Resource {
  return defineInternalResource({
    name: route.resource,
    schema: acceptAll(schemas),
    preserve: route.preserve ?? [],
    ...(route.keys ? { keys: route.keys } : {}),
    atomic: route.atomic ?? [],
    texts: route.texts ?? [],
    appendOnly: route.appendOnly ?? [],
    maxRecordBytes: Number.MAX_SAFE_INTEGER,
  });
}

/** A foreign route has no secrets of ours: nothing to seal, nothing to open. */
const noSecrets: Sealer = {
  seal: (plain) => plain,
  open: (sealed) => sealed,
  isSealed: (_value): _value is string => false,
};

/** `updatedAt` and `updatedBy` where the record has them: from the server, never from the body. */
function stamp(route: MergeRoute, request: Request, record: JsonObject, current: JsonObject): JsonObject {
  const stamped: Record<string, JsonValue> = { ...record };
  if ('updatedAt' in current) {
    // Strictly later than before, also when the clock is not: two states may not have one time.
    const last = typeof current['updatedAt'] === 'string' ? Date.parse(current['updatedAt']) : Number.NaN;
    stamped['updatedAt'] = new Date(last >= Date.now() ? last + 1 : Date.now()).toISOString();
  }
  if ('updatedBy' in current && route.actor) stamped['updatedBy'] = route.actor(request);
  return stamped;
}

/** What differs, in the types of the driver; a field that was removed is null, since leaving it out would leave it there. */
function changesOf(merged: JsonObject, current: JsonObject, native: Readonly<Record<string, unknown>>): JsonObject {
  const changed = Object.keys(merged)
    .filter((name) => !Object.hasOwn(current, name) || !jsonEquals(merged[name], current[name]))
    .map((name) => [name, native[name]]);
  const removed = Object.keys(current).filter((name) => !Object.hasOwn(merged, name));
  return Object.fromEntries([...changed, ...removed.map((name) => [name, null])]) as JsonObject;
}
