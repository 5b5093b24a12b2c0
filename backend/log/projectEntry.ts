import type { Change } from '../../shared/change.ts';
import { formatCursor } from '../../shared/cursor.ts';
import type { JsonObject } from '../../shared/json.ts';
import { diff, jsonEquals } from '../../shared/merge/index.ts';
import { recordBefore } from './advance.ts';
import type { ChangeEntry } from './entry.ts';

/** How one audience looks at records. */
export interface EntryView {
  /** What it sees of a record; null when nothing. */
  readonly view: (record: JsonObject | null) => JsonObject | null;
  /** True: it follows what is published, and does not learn who made a change. */
  readonly followsPublished: boolean;
  /** Reads the whole record before an entry, for who keeps what he read. Default: from the entry. */
  readonly readBefore?: (entry: ChangeEntry) => JsonObject | null;
}

/** Fields that differ after every save; a change of nothing else that is visible is not told. */
const alwaysDiffer = ['version', 'updatedAt', 'updatedBy'];

/**
 * A log entry as one audience may see it; null when it is not told of it.
 *
 * Records are projected first and compared after: a patch of the whole records would name hidden fields, and a change of
 * hidden fields alone would show as an empty patch. Entering the view arrives as `created`, leaving it as `deleted`.
 */
export function projectEntry(epoch: string, entry: ChangeEntry, audience: EntryView): Change | null {
  const { readBefore = recordBefore } = audience;
  const states = audience.followsPublished
    ? publicStates(entry, readBefore)
    : { before: readBefore(entry), after: entry.record };
  if (states === null || (audience.followsPublished && !entry.notify)) return null;
  const before = audience.view(states.before);
  const record = audience.view(states.after);
  if (before === null && record === null) return null;
  if (before !== null && record !== null && looksTheSame(before, record)) return null;
  const { actor } = entry;
  return {
    cursor: formatCursor({ epoch, seq: entry.seq }),
    seq: entry.seq,
    at: new Date(entry.at).toISOString(),
    resource: entry.resource,
    id: entry.id,
    operation: record === null ? 'deleted' : before === null ? 'created' : 'updated',
    version: entry.version,
    record,
    // A record that left the view says its id only, except to those who saw it go for good.
    before: record === null && states.after !== null ? null : before,
    patch: before !== null && record !== null ? diff(before, record) : [],
    actor: audience.followsPublished ? { id: '', name: '', kind: actor.kind } : actor,
    // The key of somebody's save is no visitor's business.
    mutationId: audience.followsPublished ? null : entry.mutationId,
    notify: entry.notify,
  };
}

/** What the public followed before and after an entry; null when the entry left that alone. */
function publicStates(
  entry: ChangeEntry,
  readBefore: typeof recordBefore,
): { before: JsonObject | null; after: JsonObject | null } | null {
  switch (entry.publication) {
    case 'follows':
      return { before: readBefore(entry), after: entry.record };
    case 'kept':
      return null;
    case 'published':
      return { before: entry.publishedBefore ?? null, after: entry.record };
    case 'withdrawn':
      return { before: entry.publishedBefore ?? null, after: null };
  }
}

function looksTheSame(before: JsonObject, record: JsonObject): boolean {
  const strip = (of: JsonObject) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !alwaysDiffer.includes(name)));
  return jsonEquals(strip(before), strip(record));
}
