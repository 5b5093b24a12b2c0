import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { getAt, jsonEquals, restoreProtected } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Receipt } from '../../shared/receipt.ts';
import type { Sealer } from '../auth/sealer.ts';
import type { StoredRecord } from '../log/advance.ts';
import { changedErrors } from './changedErrors.ts';
import type { Resource } from './defineResource.ts';
import { foreignOwnedFields, serverOwnedFields } from './fieldClasses.ts';
import { giveItemKeys } from './giveItemKeys.ts';
import { mergeSides, normalisePart, openConflicts, sidesOf, type MergeSides } from './mergeSides.ts';
import { sealSecrets, takeSecrets, withOpenSecrets } from './secretFields.ts';
import { protectionOf, type Protection } from './protection.ts';
import { conflictProblem, receiptLines } from './receiptLines.ts';
import { refuseUnknownFields } from './refuseUnknownFields.ts';
import type { SaveRequest } from './saveRequest.ts';
import { validateRecord } from './standardSchema.ts';
import { toSchemaInput } from './toSchemaInput.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** What a save makes of a record, before it has a version. */
export interface MergedSave {
  /** The content to store; the fields that the server owns are as they were. */
  readonly record: JsonObject;
  readonly changed: boolean;
  readonly receipt: Receipt;
}

/**
 * Merge and validation of one save over the stored record: the middle of docs/a-save-step-by-step.md, in that order.
 *
 * Shape   `base` is the record or the values that the save was based on, null for none
 * Errors  CONFLICT, INVALID, PATCH_FAILED, TEST_FAILED, BODY_TOO_LARGE
 */
export async function mergeSave(
  request: SaveRequest,
  stored: StoredRecord | null,
  base: JsonObject | null,
  sealer: Sealer,
): Promise<MergedSave> {
  const { resource } = request;
  const creates = request.intent === 'create';
  const current = stored?.record ?? {};
  const protection = protectionOf(request);
  const { isProtected } = protection;
  const { body, secrets } = takeSecrets(request);
  // Secrets are in neither side of a merge: no patch can copy one, and no conflict can show one.
  const open = withoutSecrets(resource, current);
  const sent = sidesOf(body, base && withoutSecrets(resource, base), open, request.maxDepth);
  if (request.refuseUnknown) refuseUnknownFields(resource, sent.mine, open);
  const sides = await normaliseSides(request, sent, open);
  const result = mergeSides(resource, sides, open);
  const conflicts = openConflicts(result.conflicts, isProtected);
  if (conflicts.length > 0) throw conflictProblem(resource, conflicts, stored);

  const restored = putBack(protection, current, result.merged, resource);
  const merged: JsonObject =
    Object.keys(secrets).length === 0 ? restored : { ...restored, ...sealSecrets(secrets, sealer) };
  const kept = keptPaths(sides, current, protection, request);
  const lines = receiptLines({
    outcomes: result.outcomes,
    kept,
    secrets: Object.keys(secrets),
    sides,
    stored,
    isProtected,
    merged,
    request,
  });

  const ownedFields: readonly string[] = request.foreign ? foreignOwnedFields : serverOwnedFields;
  if (!creates && equalContent(merged, current, ownedFields)) {
    return { record: current, changed: false, receipt: { outcome: 'unchanged', fields: lines } };
  }
  const { record, warnings } = request.accept
    ? { record: merged, warnings: [] }
    : await validateMerged(request, merged, current, sealer);
  const changed = creates || !equalContent(record, current, ownedFields);
  const outcome = creates ? 'created' : changed ? 'saved' : 'unchanged';
  refuseTooLarge(request, record);
  return {
    record: changed ? record : current,
    changed,
    receipt: { outcome, fields: lines, ...(warnings.length > 0 ? { warnings } : {}) },
  };
}

/** The merged record with every protected field as it is stored. */
function putBack(protection: Protection, stored: JsonObject, merged: JsonObject, resource: Resource): JsonObject {
  const { topNames, patterns } = protection;
  if (topNames === null) {
    return restoreProtected({ stored, incoming: merged, paths: patterns, keys: resource.keys }).record as JsonObject;
  }
  if (topNames.every((name) => merged[name] === stored[name])) return merged;
  const restored: Record<string, JsonValue> = { ...merged };
  for (const name of topNames) {
    const value = stored[name];
    if (value === undefined) delete restored[name];
    else restored[name] = value;
  }
  return restored;
}

/** True for two records that differ at most in what the server owns. */
function equalContent(a: JsonObject, b: JsonObject, owned: readonly string[]): boolean {
  for (const name in a)
    if (!owned.includes(name) && !(a[name] === b[name] || jsonEquals(a[name], b[name]))) return false;
  for (const name in b) if (!owned.includes(name) && !Object.hasOwn(a, name)) return false;
  return true;
}

async function normaliseSides(request: SaveRequest, sides: MergeSides, current: JsonObject): Promise<MergeSides> {
  if (request.body.kind !== 'fields') return sides;
  const mine = await normalisePart(request.resource, sides.mine, current, request.foreign);
  const base =
    request.base.kind === 'values'
      ? await normalisePart(request.resource, sides.base, current, request.foreign)
      : sides.base;
  return { ...sides, mine: giveItemKeys(request.resource, mine, current), base };
}

/** The protected paths that the save tried to change: named in the receipt, never an error. */
function keptPaths(
  sides: MergeSides,
  current: JsonObject,
  protection: Protection,
  request: SaveRequest,
): readonly string[] {
  if (protection.topNames?.every((name) => sides.mine[name] === undefined || sides.mine[name] === sides.base[name]))
    return [];
  const { kept } = restoreProtected({
    stored: current,
    incoming: sides.mine,
    paths: protection.owned,
    keys: request.resource.keys,
  });
  // What a partial body leaves out, what came along as it was loaded, the version that tells the base, and the id that a create was given are no attempts.
  return kept.filter((path) => {
    const sent = getAt(sides.mine, path);
    if (path === '/version') return false;
    return sent !== undefined && !jsonEquals(sent, getAt(sides.base, path)) && !(path === '/id' && sent === request.id);
  });
}

/**
 * Judges the merged record. Errors at fields that this save did not change are warnings: a tightened schema must not lock old records.
 *
 * Only changed fields take the schema's own writing: what this save did not touch stays as it is, to the letter.
 */
async function validateMerged(
  request: SaveRequest,
  merged: JsonObject,
  current: JsonObject,
  sealer: Sealer,
): Promise<{ record: JsonObject; warnings: NonNullable<Receipt['warnings']> }> {
  const { resource } = request;
  const judge = (record: JsonObject) =>
    validateRecord(
      resource.schema,
      withOpenSecrets(resource, toSchemaInput(resource, record, request.foreign), sealer),
    );
  const validation = await judge(merged);
  if (!validation.ok) {
    const creates = request.intent === 'create';
    const mine = creates
      ? validation.errors
      : await changedErrors(validation.errors, { merged, current }, () => judge(current));
    if (mine.length > 0) {
      throw new SyncError(
        'INVALID',
        `${mine.length === 1 ? 'One field is' : `${mine.length} fields are`} not valid; nothing was saved.`,
        { extensions: { errors: mine } },
      );
    }
    return { record: merged, warnings: validation.errors };
  }
  const written: Record<string, JsonValue> = { ...merged };
  for (const [name, value] of Object.entries(validation.value)) {
    if (
      resource.classes.secret.includes(`/${name}`) ||
      (serverOwnedFields as readonly string[]).includes(name) ||
      value === undefined
    )
      continue;
    const old = merged[name];
    const isNew = old === undefined ? request.intent === 'create' : !jsonEquals(old, current[name] ?? null);
    if (isNew) written[name] = value;
  }
  return { record: written, warnings: [] };
}

function refuseTooLarge(request: SaveRequest, record: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes <= request.resource.maxRecordBytes) return;
  throw new SyncError(
    'BODY_TOO_LARGE',
    `The record would be ${bytes} bytes; at most ${request.resource.maxRecordBytes} are kept.`,
    {
      extensions: { maxRecordBytes: request.resource.maxRecordBytes },
    },
  );
}
