import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Receipt } from '../../shared/receipt.ts';
import type { Sealer } from '../auth/sealer.ts';
import { changedErrors } from './changedErrors.ts';
import { ownedFields } from './defineResource.ts';
import type { SaveRequest } from './saveRequest.ts';
import { withOpenSecrets } from './secretFields.ts';
import { validateRecord } from './standardSchema.ts';
import { toSchemaInput } from './toSchemaInput.ts';

/**
 * Judges the merged record. Errors at fields that this save did not change are warnings: a tightened schema must not lock old records.
 *
 * Only changed fields take the schema's own writing: what this save did not touch stays as it is, to the letter.
 */
export async function validateMerged(
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
    if (resource.classes.secret.includes(`/${name}`) || ownedFields(resource).includes(name) || value === undefined)
      continue;
    const old = merged[name];
    const isNew = old === undefined ? request.intent === 'create' : !jsonEquals(old, current[name] ?? null);
    if (isNew) written[name] = value;
  }
  return { record: written, warnings: [] };
}
