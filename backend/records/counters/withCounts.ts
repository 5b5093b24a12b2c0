import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import { parsePointer } from '../../../shared/merge/index.ts';
import type { StoredRecord } from '../../log/advance.ts';
import type { Resource } from '../defineResource.ts';

/** What was counted since a record has its counters: the sum of all deltas, by field name. */
export type CountSums = Readonly<Record<string, number>>;

/** The names of a resource's counters. */
export function counterNames(resource: Resource): readonly string[] {
  return resource.classes.counter.map((pointer) => parsePointer(pointer)?.[0] ?? '');
}

/** Records of one id, one after the other, whose sums are kept. */
const maxKept = 20;

/**
 * The sums that belong to a record; none for those of another record that had the same id.
 *
 * A record that was deleted and comes back keeps its day of creation and with it its counts; a new one under the same id
 * has another day, and begins anew.
 */
export function sumsOf(counts: JsonObject | null | undefined, record: JsonObject): CountSums {
  const all = counts?.['sums'];
  const sums = isJsonObject(all) ? all[dayOf(record)] : undefined;
  return isJsonObject(sums) ? (sums as Record<string, number>) : {};
}

function dayOf(record: JsonObject): string {
  return typeof record['createdAt'] === 'string' ? record['createdAt'] : '';
}

/** The counters of a record as a reader sees them: what is stored in the record, and what was counted since. */
export function countedValues(
  resource: Resource,
  record: JsonObject,
  sums: CountSums,
): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const name of counterNames(resource)) {
    const start = record[name];
    if (typeof start === 'number' || Object.hasOwn(sums, name))
      values[name] = (typeof start === 'number' ? start : 0) + (sums[name] ?? 0);
  }
  return values;
}

/** A record with its counters as a reader sees them. */
export function withCounts(resource: Resource, record: JsonObject, counts: JsonObject | null | undefined): JsonObject {
  const sums = sumsOf(counts, record);
  return Object.keys(sums).length === 0 ? record : { ...record, ...countedValues(resource, record, sums) };
}

/** The same for both states of a stored record. */
export function storedWithCounts(
  resource: Resource,
  stored: StoredRecord,
  counts: StoredRecord | null | undefined,
): StoredRecord {
  const complete = (record: JsonObject | null) => record && withCounts(resource, record, counts?.record);
  const record = complete(stored.record);
  // Where the public sees the record itself, both stay the same object.
  return { ...stored, record, published: stored.published === stored.record ? record : complete(stored.published) };
}

/** A record whose counters were completed, with the values that are stored in it. */
export function withStoredCounters(resource: Resource, record: JsonObject, stored: JsonObject): JsonObject {
  const names = counterNames(resource);
  if (names.every((name) => record[name] === stored[name])) return record;
  const kept = Object.entries(record).filter(([name]) => !names.includes(name));
  const values = names.flatMap((name): [string, JsonObject[string]][] => {
    const value = stored[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries([...kept, ...values]);
}

/** What a record has to store for its readers to see the values that it has now, although more was counted under its day. */
export function lessCounted(resource: Resource, record: JsonObject, completed: JsonObject): JsonObject {
  const starts = counterNames(resource).flatMap((name): [string, number][] => {
    const [wanted, counted] = [record[name], completed[name]];
    const value = typeof wanted === 'number' ? wanted : 0;
    return typeof counted === 'number' && counted !== value ? [[name, 2 * value - counted]] : [];
  });
  return starts.length === 0 ? record : { ...record, ...Object.fromEntries(starts) };
}

/** The content that is stored for the counts of an id: those of this record, and of others that had the id before. */
export function countsContent(
  counts: JsonObject | null | undefined,
  record: JsonObject,
  sums: CountSums,
): { readonly sums: JsonObject } {
  const all = isJsonObject(counts?.['sums']) ? counts['sums'] : {};
  const others = Object.entries(all).filter(([day]) => day !== dayOf(record));
  return { sums: Object.fromEntries([...others.slice(1 - maxKept), [dayOf(record), sums as JsonObject]]) };
}
