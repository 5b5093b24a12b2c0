import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import type { Receipt } from '../../shared/receipt.ts';
import type { Sealer } from '../auth/sealer.ts';
import type { StoredRecord } from '../log/advance.ts';
import { computeServerFields } from './computeServerFields.ts';
import type { SaveRequest } from './saveRequest.ts';
import { validateMerged } from './validateMerged.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/**
 * The merged record as its schema writes it, with the fields that the server computes.
 *
 * They are computed before the schema judges, which may require them, and once more where the schema wrote a field in
 * another way: each time from the fields as they are stored. What a function throws about fields that the schema refuses
 * or writes in another way is the schema's to say.
 *
 * Errors  INVALID; INTERNAL where a field cannot be computed from a record that is valid
 */
export async function judgeMerged(
  request: SaveRequest,
  merged: JsonObject,
  stored: StoredRecord | null,
  sealer: Sealer,
): Promise<{ readonly record: JsonObject; readonly warnings: NonNullable<Receipt['warnings']> }> {
  const computed = tryComputed(request, merged, stored);
  const { record, warnings } = await validateMerged(request, computed ?? merged, stored?.record ?? {}, sealer);
  const names = Object.keys(request.resource.server);
  if (names.length === 0 || (computed && isSame(record, computed))) return { record, warnings };
  const others = Object.entries(record).filter(([name]) => !names.includes(name));
  const own = Object.entries(merged).filter(([name]) => names.includes(name));
  return { record: withComputed(request, Object.fromEntries([...others, ...own]), stored), warnings };
}

function tryComputed(request: SaveRequest, merged: JsonObject, stored: StoredRecord | null): JsonObject | null {
  try {
    return withComputed(request, merged, stored);
  } catch {
    // Asked again after the schema, and thrown then if it still cannot be computed.
    return null;
  }
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => isSameValue(a[name], b[name]));
}

function isSameValue(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && jsonEquals(a, b));
}

/** Secrets are not shown to the functions: what they give may be public. */
function withComputed(request: SaveRequest, merged: JsonObject, stored: StoredRecord | null): JsonObject {
  const { resource, actor } = request;
  if (Object.keys(resource.server).length === 0) return merged;
  const before = stored?.record ? withoutSecrets(resource, stored.record) : null;
  const computed = computeServerFields(resource, withoutSecrets(resource, merged), { before, actor });
  const secrets = resource.classes.secret
    .map((pointer) => pointer.slice(1))
    .filter((name) => Object.hasOwn(merged, name));
  return { ...computed, ...Object.fromEntries(secrets.map((name) => [name, merged[name] as JsonValue])) };
}
