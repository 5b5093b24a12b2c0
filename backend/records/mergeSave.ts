import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { getAt, jsonEquals, restoreProtected } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Receipt } from '../../shared/receipt.ts';
import type { Sealer } from '../auth/sealer.ts';
import type { StoredRecord } from '../log/advance.ts';
import { appendOnly } from './appendOnly.ts';
import { ownedFields, type Resource } from './defineResource.ts';
import { foreignOwnedFields, toPointer } from './fieldClasses.ts';
import { giveItemKeys, type KeyedItems } from './giveItemKeys.ts';
import { judgeMerged } from './judgeMerged.ts';
import { withMissingKeys } from './missingKey.ts';
import { mergeSides, normalisePart, openConflicts, sidesOf, type MergeSides } from './mergeSides.ts';
import { sealSecrets, takeSecrets } from './secretFields.ts';
import { protectionOf, type Protection } from './protection.ts';
import { conflictProblem, receiptLines } from './receiptLines.ts';
import { refuseUnknownFields } from './refuseUnknownFields.ts';
import type { SaveRequest } from './saveRequest.ts';
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
  const sent = sidesOf(body, base && withoutSecrets(resource, base), open, {
    maxDepth: request.maxDepth,
    keys: resource.keys,
  });
  if (request.refuseUnknown) refuseUnknownFields(resource, sent.mine, open, body.kind === 'fields' ? body.unset : []);
  const { given, ...keyed } = await normaliseSides(request, sent, open);
  const { sides, kept: unmoved } = growLists(request, keyed, open);
  const result = mergeSides(resource, sides, open);
  const conflicts = openConflicts(result.conflicts, isProtected);
  if (conflicts.length > 0) throw conflictProblem(resource, conflicts, stored);

  const restored = putBack(protection, current, result.merged, resource);
  const merged: JsonObject =
    Object.keys(secrets).length === 0 ? restored : { ...restored, ...sealSecrets(secrets, sealer) };
  const kept = [...new Set([...keptPaths(sides, current, protection, request), ...unmoved])];
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

  const owned: readonly string[] = request.foreign ? foreignOwnedFields : ownedFields(resource);
  if (!creates && equalContent(merged, current, owned)) {
    return { record: current, changed: false, receipt: { outcome: 'unchanged', fields: lines } };
  }
  const { record, warnings } = request.accept
    ? { record: merged, warnings: [] }
    : await judgeMerged(request, merged, stored, sealer).catch((error: unknown) => {
        throw withMissingKeys(error, merged, given);
      });
  const changed = creates || !equalContent(record, current, owned);
  const outcome = creates ? 'created' : changed ? 'saved' : 'unchanged';
  refuseTooLarge(request, record);
  // The schema may have written a value as it was: then nothing was applied or overwritten.
  const isSame = (path: string) => jsonEquals(getAt(record, path) ?? null, getAt(current, path) ?? null);
  const told = lines.map((line) => {
    const isClaimed = line.status === 'applied' || line.status === 'overwrote';
    const isSecret = resource.classes.secret.includes(line.path);
    return isClaimed && !creates && !isSecret && isSame(line.path)
      ? ({ path: line.path, status: 'unchanged' } as const)
      : line;
  });
  return {
    record: changed ? record : current,
    changed,
    receipt: { outcome, fields: told, ...(warnings.length > 0 ? { warnings } : {}) },
  };
}

/** Lists that only grow take additions alone; on create, and in what others have stored already, they are lists like any other. */
function growLists(request: SaveRequest, sides: MergeSides, current: JsonObject) {
  const { appendOnly: declared } = request.resource.classes;
  const overridden = (request.override ?? []).map(toPointer);
  const pointers = declared.filter((pointer) => !overridden.includes(pointer));
  if (pointers.length === 0 || request.intent === 'create' || request.accept === true) return { sides, kept: [] };
  return appendOnly(sides, current, { pointers, keys: request.resource.keys });
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

async function normaliseSides(
  request: SaveRequest,
  sides: MergeSides,
  current: JsonObject,
): Promise<MergeSides & { readonly given: KeyedItems['given'] }> {
  const { resource, body, foreign = false } = request;
  if (request.accept || body.kind === 'whole' || body.kind === 'none') return { ...sides, given: noKeys };
  const give = (mine: JsonObject, base: JsonObject) => giveItemKeys(resource, mine, { stored: current, base, foreign });
  if (body.kind !== 'fields') return { ...sides, ...give(sides.mine, sides.base) };
  const normalise = (part: JsonObject) => normalisePart(resource, part, current, foreign);
  const base = request.base.kind === 'values' ? await normalise(sides.base) : sides.base;
  const { mine, given } = give(await normalise(sides.mine), base);
  // A schema that asks for the keys has refused the part as it came, and with it every other field.
  return { ...sides, mine: given.size === 0 ? mine : await normalise(mine), base, given };
}

const noKeys: KeyedItems['given'] = new Set();

/** The protected paths that the save tried to change: named in the receipt, never an error. */
function keptPaths(
  sides: MergeSides,
  current: JsonObject,
  protection: Protection,
  request: SaveRequest,
): readonly string[] {
  const removed = removedProtected(sides, current, protection, request);
  if (protection.topNames?.every((name) => sides.mine[name] === undefined || sides.mine[name] === sides.base[name]))
    return removed;
  const { kept } = restoreProtected({
    stored: current,
    incoming: sides.mine,
    paths: protection.owned,
    keys: request.resource.keys,
  });
  // What a partial body leaves out, what came along as it was loaded, the version that tells the base, and the id that a create was given are no attempts.
  const changed = kept.filter((path) => {
    const sent = getAt(sides.mine, path);
    if (path === '/version') return false;
    return sent !== undefined && !jsonEquals(sent, getAt(sides.base, path)) && !(path === '/id' && sent === request.id);
  });
  return [...changed, ...removed];
}

/** Protected fields that the save asked to take away; a whole record of an older version only lacks them. */
function removedProtected(
  { unset }: MergeSides,
  current: JsonObject,
  { isProtected }: Protection,
  { body, resource }: SaveRequest,
): readonly string[] {
  if (body.kind === 'whole') return [];
  const isThere = (path: string) => getAt(current, path) !== undefined && !resource.classes.secret.includes(path);
  return unset.filter((path) => isProtected(path) && isThere(path));
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
