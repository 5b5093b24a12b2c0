import { LRUCache } from 'lru-cache';
import type { StoredRecord } from '../../log/advance.ts';
import { toStoredRecord, type RecordRow } from './recordRow.ts';

/** Records as they were read a moment ago. */
export interface RecentRecords {
  /** The record of a row, which is kept for a while. */
  keep(row: RecordRow): StoredRecord;
  /** The record at exactly this version; undefined when it was not read lately. */
  at(resource: string, id: string, version: number): StoredRecord | undefined;
}

const maxRecords = 1_000;
const maxCharacters = 4_000_000;

/**
 * Keeps what a save has just read until it is committed, so that the commit need not read it again.
 *
 * A version says what a record is, as long as the log is the same one: the commit itself checks that the version still stands.
 */
export function recentRecords(epoch: () => string): RecentRecords {
  const records = new LRUCache<string, StoredRecord>({ max: maxRecords, maxSize: maxCharacters });
  let of = '';

  function nameOf(resource: string, id: string): string {
    if (of !== epoch()) records.clear();
    of = epoch();
    return JSON.stringify([resource, id]);
  }

  return {
    keep(row) {
      const stored = toStoredRecord(row);
      const size = 1 + row.authors.length + (row.record?.length ?? 0) + (row.published?.length ?? 0);
      records.set(nameOf(row.resource, row.id), stored, { size });
      return stored;
    },
    at(resource, id, version) {
      const stored = records.get(nameOf(resource, id));
      return stored?.version === version ? stored : undefined;
    },
  };
}
