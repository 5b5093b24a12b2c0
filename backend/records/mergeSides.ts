import { deepmergeCustom } from 'deepmerge-ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import {
  applyJsonPatch, applyMergePatch, jsonEquals, merge, removedMembers, type MergeConflict, type MergeResult,
} from '../../shared/merge/index.ts'; // prettier-ignore
import { SyncError } from '../../shared/problem.ts';
import { mergeLines } from '../../shared/text/mergeLines.ts';
import type { Resource } from './defineResource.ts';
import { inspectJson, inspectPointer } from './inspectJson.ts';
import type { SaveBody } from './saveRequest.ts';
import { validateRecord } from './standardSchema.ts';
import { toSchemaInput } from './toSchemaInput.ts';

/** The two sides of a save that the engine compares with what is stored. */
export interface MergeSides {
  readonly base: JsonObject;
  readonly mine: JsonObject;
  readonly unset: readonly string[];
}

/** A part of a record laid over the whole: objects go into each other, a list replaces a list. */
export const overlay = deepmergeCustom({ mergeArrays: false });

/**
 * What the client wants the record to be, and what it started from.
 *
 * Shape   `base` is null for a save without one: then the stored record is the base, and the named fields win
 * Errors  PATCH_FAILED, TEST_FAILED for a JSON Patch that does not fit
 */
export function sidesOf(
  body: SaveBody,
  base: JsonObject | null,
  current: JsonObject,
  { maxDepth = 64, keys = {} }: { readonly maxDepth?: number | undefined; readonly keys?: Resource['keys'] } = {},
): MergeSides {
  const from = base ?? current;
  switch (body.kind) {
    case 'fields':
      return { base: from, mine: body.fields, unset: body.unset };
    case 'whole':
      return { base: from, mine: body.record, unset: removedMembers(from, body.record, keys) };
    case 'mergePatch': {
      const mine = applyMergePatch(from, body.patch) as JsonObject;
      return { base: from, mine, unset: removedMembers(from, mine, keys) };
    }
    case 'jsonPatch': {
      const mine = applyOperations(from, body.operations);
      // Operations are flat; what they build together need not be.
      inspectJson(mine, maxDepth);
      return { base: from, mine, unset: removedMembers(from, mine, keys) };
    }
    case 'none':
      return { base: from, mine: {}, unset: [] };
  }
}

/** The engine with the keys, lists and texts of a resource. */
export function mergeSides(
  resource: Resource,
  sides: MergeSides,
  current: JsonObject,
): MergeResult & { merged: JsonObject } {
  const { keys, atomic, texts } = resource;
  const result = merge({ ...sides, theirs: current, keys, atomic, texts, mergeText: mergeLines });
  return { ...result, merged: result.merged as JsonObject };
}

/**
 * The sent part of a record as the schema writes it, so that `'42'` and 42, `''` and null are not taken for two edits.
 *
 * A part that is not valid in itself stays as it is: the merged record is what gets judged.
 */
export async function normalisePart(
  resource: Resource,
  part: JsonObject,
  current: JsonObject,
  foreign = false,
): Promise<JsonObject> {
  if (Object.entries(part).every(([name, value]) => current[name] !== undefined && jsonEquals(value, current[name])))
    return part;
  const isFlat = Object.values(part).every((value) => !isJsonObject(value));
  const whole = isFlat ? { ...current, ...part } : overlay(current, part);
  const validation = await validateRecord(resource.schema, toSchemaInput(resource, whole, foreign));
  if (!validation.ok) return part;
  const normalised: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(part)) {
    // Own fields only: a schema that strips `toString` has an inherited one.
    const written = Object.hasOwn(validation.value, name) ? validation.value[name] : undefined;
    // Objects were completed from the stored record by the overlay; taking them would claim fields that were not sent.
    normalised[name] = written === undefined || isJsonObject(value) ? value : written;
  }
  return normalised;
}

/** The conflicts that are not about a protected field: there the stored value stays anyway. */
export function openConflicts(
  conflicts: readonly MergeConflict[],
  isProtected: (path: string) => boolean,
): readonly MergeConflict[] {
  return conflicts.filter((conflict) => !isProtected(conflict.path));
}

function applyOperations(document: JsonObject, operations: JsonValue): JsonObject {
  if (!Array.isArray(operations)) {
    throw new SyncError(
      'PATCH_FAILED',
      'A JSON Patch is a list of operations, such as [{ "op": "replace", "path": "/name", "value": "…" }].',
    );
  }
  for (const operation of operations as readonly JsonValue[]) {
    if (!isJsonObject(operation)) continue;
    for (const pointer of [operation['path'], operation['from']])
      if (typeof pointer === 'string') inspectPointer(pointer);
  }
  const applied = applyJsonPatch(document, operations);
  if (!applied.ok) {
    const code = applied.reason === 'test' ? 'TEST_FAILED' : 'PATCH_FAILED';
    throw new SyncError(code, `Operation ${applied.index}: ${applied.message}`, {
      extensions: { operation: applied.index },
    });
  }
  if (!isJsonObject(applied.value))
    throw new SyncError('PATCH_FAILED', 'After the JSON Patch the record has to be an object still.');
  return applied.value;
}
