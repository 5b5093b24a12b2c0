import type { Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { diff } from '../../../shared/merge/index.ts';
import { recordBefore, type StoredRecord } from '../../log/advance.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import type { EntryView } from '../../log/projectEntry.ts';
import { countedResource } from '../../records/counters/countsName.ts';
import { countedValues, counterNames, sumsOf } from '../../records/counters/withCounts.ts';
import type { Resource } from '../../records/defineResource.ts';

/** The resource whose readers are told of an entry: for counts, the one that they belong to. */
export function followedResource(entry: ChangeEntry): string {
  return countedResource(entry.resource) ?? entry.resource;
}

/** True for an entry in which something was counted. */
export function isCount(entry: ChangeEntry): boolean {
  return countedResource(entry.resource) !== null;
}

/**
 * What an audience is told when something was counted: the record as it is now, with `counts`; null when it sees none of it.
 *
 * The record is read when it is told and may be newer than the entry; a change that it contains is told after it all the same,
 * and whoever keeps the higher version drops it as known.
 */
export function projectCounts(
  epoch: string,
  entry: ChangeEntry,
  of: EntryView & { readonly first: ChangeEntry; readonly resource: Resource; readonly stored: StoredRecord },
): Change | null {
  const { resource, stored } = of;
  if (of.followsPublished && !entry.notify) return null;
  const now = of.followsPublished ? stored.published : stored.record;
  const record = of.view(now);
  if (now === null || record === null) return null;
  const earlier = { ...now, ...earlierValues(resource, now, of.first, entry) };
  const before = of.view(earlier);
  if (before === null) return null;
  const patch = diff(before, record);
  const counts: Record<string, number> = {};
  for (const name of counterNames(resource)) {
    const value = record[name];
    if (typeof value === 'number') counts[name] = value;
  }
  // Counters that this audience does not see.
  if (patch.length === 0) return null;
  const { actor } = entry;
  return {
    cursor: formatCursor({ epoch, seq: entry.seq }),
    seq: entry.seq,
    at: new Date(entry.at).toISOString(),
    resource: resource.name,
    id: entry.id,
    operation: 'updated',
    version: Number(record['version']),
    record,
    before,
    patch,
    actor: of.followsPublished ? { id: '', name: '', kind: actor.kind } : actor,
    // The key of somebody's save is no visitor's business.
    mutationId: of.followsPublished ? null : entry.mutationId,
    notify: entry.notify,
    counts,
  };
}

/** The counters before the first entry: what is shown now, less what was counted from there to the last one. */
function earlierValues(
  resource: Resource,
  shown: JsonObject,
  first: ChangeEntry,
  last: ChangeEntry,
): Readonly<Record<string, number>> {
  const sums = sumsOf(last.record, shown);
  const sumsBefore = sumsOf(recordBefore(first), shown);
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(countedValues(resource, shown, {})))
    values[name] = value - ((sums[name] ?? 0) - (sumsBefore[name] ?? 0));
  return values;
}
