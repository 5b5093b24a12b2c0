import type { FieldAuthor, StoredRecord } from '../../log/advance.ts';
import type { ChangeEntry, LogEntry, SavedKey } from '../../log/entry.ts';
import type { Actor } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';

/** A row of a record, everything as text: what a pool makes of bigint and json depends on the integrator's settings. */
export interface RecordRow {
  readonly resource: string;
  readonly id: string;
  readonly version: string;
  readonly record: string | null;
  readonly published: string | null;
  readonly authors: string;
  readonly changed_by: string;
  readonly at: string | null;
}

/** A row of the log. */
export interface LogRow {
  readonly seq: string;
  readonly at: string;
  readonly entry: string;
}

/**
 * Selects records, with the time of their last change from the log.
 *
 * The time is known only under the lock of the log, when the row of the record is written already; so it is kept there
 * alone. The newest entry of a record is never removed.
 */
export function selectRecords(schema: string): string {
  return `select r.resource, r.id, r.version::text, r.record::text, r.published::text, r.authors::text, r.changed_by::text, l.at::text
    from ${schema}.records r
    left join ${schema}.log l on (l.resource, l.id, l.version) = (r.resource, r.id, r.version)`;
}

/** The record of a row. */
export function toStoredRecord(row: RecordRow): StoredRecord {
  const version = Number(row.version);
  const changedAt = Number(row.at ?? 0);
  const authors: Record<string, FieldAuthor> = {};
  for (const [name, author] of Object.entries(parse<Record<string, FieldAuthor>>(row.authors))) {
    authors[name] = author.version === version ? { ...author, at: changedAt } : author;
  }
  return {
    resource: row.resource,
    id: row.id,
    version,
    record: parse<JsonObject | null>(row.record ?? 'null'),
    published: parse<JsonObject | null>(row.published ?? 'null'),
    authors,
    changedAt,
    changedBy: parse<Actor>(row.changed_by),
  };
}

/** The entry of a row: the draft that was stored, with the place and time that it got. */
export function toEntry(row: LogRow): LogEntry {
  return { ...parse<ChangeEntry>(row.entry), seq: Number(row.seq), at: Number(row.at) };
}

/** The saved answer of a key. */
export function toSavedKey(row: { readonly saved: string }): SavedKey {
  return parse<SavedKey>(row.saved);
}

function parse<Value>(text: string): Value {
  return JSON.parse(text) as Value;
}
