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
  return {
    current: once.loaded,
    base,
    merged: withNative(kept, once.loaded),
    changes: changesOf(kept, current),
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
  if ('updatedAt' in current) stamped['updatedAt'] = new Date().toISOString();
  if ('updatedBy' in current && route.actor) stamped['updatedBy'] = route.actor(request);
  return stamped;
}

function changesOf(merged: JsonObject, current: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(merged).filter(
      ([name, value]) => !Object.hasOwn(current, name) || !jsonEquals(value, current[name]),
    ),
  );
}

/** Where nothing changed, what the driver loaded stays itself: a Date remains a Date, a decimal a decimal. */
function withNative(merged: JsonObject, loaded: unknown): JsonObject {
  if (typeof loaded !== 'object' || loaded === null) return merged;
  const native = loaded as Record<string, unknown>;
  const mixed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(merged)) {
    // A field may be called as a method of every object is: only its own value counts.
    const own = Object.hasOwn(native, name) ? native[name] : undefined;
    if (own instanceof Date && typeof value === 'string')
      mixed[name] = own.toISOString() === value ? own : new Date(value);
    else if (typeof own === 'object' && own !== null && jsonEquals(JSON.parse(JSON.stringify(own)) as JsonValue, value))
      mixed[name] = own;
    else if (typeof own === 'bigint' && own.toString() === value) mixed[name] = own;
    else mixed[name] = value;
  }
  return mixed as JsonObject;
}
