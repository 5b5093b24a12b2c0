// The default import: the package is CommonJS, and Node does not see its names.
import jsonpatch, { type Operation } from 'fast-json-patch';
import type { Actor } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';
import { diff, jsonEquals } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { ChangeEntry } from './entry.ts';

/** Who set a field last, and with which version. */
export interface FieldAuthor {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly version: number;
}

/**
 * A record as a store holds it: the fold of its log entries.
 *
 * Shape   `record` null is a tombstone, which keeps counting versions; `published` is what public readers follow
 *         (the record itself where the resource has no drafts); `authors` by top-level field name
 */
export interface StoredRecord {
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  readonly record: JsonObject | null;
  readonly published: JsonObject | null;
  readonly authors: Readonly<Record<string, FieldAuthor>>;
  readonly changedAt: number;
  readonly changedBy: Actor;
}

/**
 * The state of a record after one more entry: the only place where a log line becomes a record, for every store.
 *
 * It never looks at the clock or at the store, so that a replay gives what the first run gave.
 */
export function advance(stored: StoredRecord | null, entry: ChangeEntry): StoredRecord {
  return {
    resource: entry.resource,
    id: entry.id,
    version: entry.version,
    record: entry.record,
    published: publishedAfter(stored, entry),
    authors: authorsAfter(stored, entry),
    changedAt: entry.at,
    changedBy: entry.actor,
  };
}

/** The whole record before an entry; null when there was none. */
export function recordBefore(entry: ChangeEntry): JsonObject | null {
  if (entry.record === null || entry.undo === null) return entry.before;
  try {
    // The patch is our own and was made for this very record: it is neither validated again nor applied in place.
    return jsonpatch.applyPatch(entry.record, entry.undo as readonly Operation[], false, false).newDocument;
  } catch (cause) {
    throw new SyncError('LOG_DAMAGED', `Entry ${entry.seq} cannot be undone: its patch does not fit its record.`, {
      cause,
    });
  }
}

/** The part of an entry that leads back: what `undo` and `before` are for a change from one record to the next. */
export function undoOf(before: JsonObject | null, record: JsonObject | null): Pick<ChangeEntry, 'undo' | 'before'> {
  if (before === null || record === null) return { undo: null, before };
  return { undo: diff(record, before), before: null };
}

function publishedAfter(stored: StoredRecord | null, entry: ChangeEntry): JsonObject | null {
  switch (entry.publication) {
    case 'follows':
    case 'published':
      return entry.record;
    case 'withdrawn':
      return null;
    case 'kept':
      return stored?.published ?? null;
  }
}

function authorsAfter(stored: StoredRecord | null, entry: ChangeEntry): StoredRecord['authors'] {
  if (entry.record === null) return {};
  const before = stored?.record ?? null;
  const author: FieldAuthor = { id: entry.actor.id, name: entry.actor.name, at: entry.at, version: entry.version };
  const authors: Record<string, FieldAuthor> = {};
  for (const [name, value] of Object.entries(entry.record)) {
    const old = before?.[name];
    const known = stored?.authors[name];
    authors[name] = known && old !== undefined && (old === value || jsonEquals(old, value)) ? known : author;
  }
  return authors;
}
