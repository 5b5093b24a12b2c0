import type { Change } from '../change.ts';
import { parseCursor } from '../cursor.ts';
import { isJsonObject, type JsonValue } from '../json.ts';

/**
 * One change as a site gets it: the whole record as a visitor sees it, and which versions became this one call.
 *
 * Shape   `record` null when the record was deleted, and without `fetchRecord` when it was too large or its resource tells without
 *         fields (`operation` says which); an endpoint with `fields` sends only these of it
 */
export interface ReceivedChange extends Change {
  /** First and last version that this delivery stands for. */
  readonly versions: readonly [from: number, to: number];
  /** True when the record was too large to be sent. */
  readonly truncated?: boolean;
  /** Where a record that was too large can be read: below the address of the API. */
  readonly link?: string;
}

/** The sender may have lost track of what this site missed: read everything again. */
export interface ReceivedReset {
  readonly reason: string;
  readonly cursor: string | null;
}

/** What a signed body says. `ignored` is everything that is not of the product, or of a later version of it. */
export type ReceivedMessage =
  | { readonly kind: 'change'; readonly type: string; readonly change: ReceivedChange }
  | { readonly kind: 'reset'; readonly reset: ReceivedReset }
  | { readonly kind: 'test'; readonly message: string }
  | { readonly kind: 'ignored' };

/** Reads a body whose signature is right. Never throws: what is no message of ours is `ignored`. */
export function readMessage(body: JsonValue): ReceivedMessage {
  if (!isJsonObject(body) || typeof body['type'] !== 'string') return { kind: 'ignored' };
  const { type, data } = body;
  if (!isJsonObject(data)) return { kind: 'ignored' };
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
  if (type === 'sync.test') return { kind: 'test', message: text('message') };
  if (type === 'sync.reset')
    return { kind: 'reset', reset: { reason: text('reason'), cursor: text('cursor') || null } };
  return isChange(data) ? { kind: 'change', type, change: withVersions(data) } : { kind: 'ignored' };
}

const operations: readonly unknown[] = ['created', 'updated', 'deleted'];

function isChange(data: object): data is Change & { readonly versions?: unknown } {
  const { resource, id, cursor, version, operation } = data as Partial<Record<keyof Change, unknown>>;
  return (
    typeof resource === 'string' &&
    typeof id === 'string' &&
    typeof cursor === 'string' &&
    parseCursor(cursor) !== null &&
    Number.isSafeInteger(version) &&
    operations.includes(operation)
  );
}

function withVersions(change: Change & { readonly versions?: unknown }): ReceivedChange {
  const { versions, version } = change;
  const [from, to]: readonly unknown[] = Array.isArray(versions) ? versions : [];
  const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to);
  return {
    ...change,
    record: change.record ?? null,
    before: change.before ?? null,
    patch: change.patch ?? [],
    versions: isRange ? [from as number, to as number] : [version, version],
  };
}
