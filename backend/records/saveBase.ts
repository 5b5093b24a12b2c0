import { inspectPointer } from './inspectJson.ts';
import { parseEtag, type RecordVersion } from '../../shared/cursor.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { parsePointer } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';

/**
 * What a save was based on.
 *
 * values    what the form was loaded with           versions  one of these versions, taken from the log
 * updatedAt the one version with this `updatedAt`   overrule  `If-Match: *`: on purpose, none
 * none      the request does not say
 */
export type SaveBase =
  | { readonly kind: 'values'; readonly values: JsonObject }
  | { readonly kind: 'versions'; readonly versions: readonly Partial<RecordVersion>[] }
  | { readonly kind: 'updatedAt'; readonly updatedAt: string }
  | { readonly kind: 'overrule' }
  | { readonly kind: 'none' };

/** A body without the members that speak about the save, and what they said. */
export interface SplitBody {
  readonly fields: JsonObject;
  readonly unset: readonly string[];
  readonly base: SaveBase;
}

/**
 * Reads `If-Match`; null when there is none.
 *
 * Shape   `*`, or a list of entity tags; only strong ones of ours can match
 * Errors  BASE_INVALID for a header that is no list of tags or has only weak ones
 */
export function parseIfMatch(header: string | undefined): SaveBase | null {
  if (header === undefined) return null;
  if (header.trim() === '*') return { kind: 'overrule' };
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.length > 20 || !tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag))) {
    throw new SyncError(
      'BASE_INVALID',
      'If-Match has to be *, or the ETag of the record as it was answered, in quotes.',
    );
  }
  if (tags.every((tag) => tag.startsWith('W/'))) {
    throw new SyncError('BASE_INVALID', 'If-Match needs a strong ETag; a weak one (W/) came.');
  }
  const versions = tags.map(parseEtag).filter((version) => version !== null);
  return { kind: 'versions', versions };
}

/**
 * Takes `$base`, `$unset` and `$receipt` out of a JSON body of fields, and reads what it is based on.
 *
 * Shape   `updatedAtIsBase`: the body's `updatedAt` counts where nothing else says it
 * Errors  BASE_INVALID when `$base` is no object or `$unset` no list of pointers
 */
export function splitBody(
  body: JsonObject,
  ifMatch: SaveBase | null,
  { updatedAtIsBase = false }: { readonly updatedAtIsBase?: boolean } = {},
): SplitBody {
  const { $base, $unset, $receipt: _receipt, ...fields } = body;
  if ($base !== undefined && !isJsonObject($base)) {
    throw new SyncError('BASE_INVALID', '"$base" has to be an object with the values that the form was loaded with.');
  }
  const unset = readUnset($unset);
  for (const pointer of unset) {
    inspectPointer(pointer);
    const [name = '', ...inner] = parsePointer(pointer) ?? [];
    if (inner.length === 0 && Object.hasOwn(fields, name))
      throw new SyncError('BASE_INVALID', `"${name.slice(0, 100)}" is sent and in "$unset": send one of the two.`);
  }
  const { version, updatedAt } = fields;
  const base: SaveBase =
    ifMatch ??
    ($base !== undefined
      ? { kind: 'values', values: $base }
      : typeof version === 'number' && Number.isInteger(version) && version > 0
        ? { kind: 'versions', versions: [{ version }] }
        : updatedAtIsBase && typeof updatedAt === 'string'
          ? { kind: 'updatedAt', updatedAt }
          : { kind: 'none' });
  return { fields, unset, base };
}

function readUnset(value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (
    Array.isArray(value) &&
    value.every(
      (pointer): pointer is string =>
        typeof pointer === 'string' && pointer !== '' && parsePointer(pointer) !== undefined,
    )
  )
    return value;
  throw new SyncError('BASE_INVALID', '"$unset" has to be a list of JSON Pointers, such as ["/phone"].');
}
