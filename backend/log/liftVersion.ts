import type { JsonObject } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import { undoOf, type StoredRecord } from './advance.ts';
import type { ChangeDraft } from './entry.ts';

const versionStep = 1_000_000;

/**
 * The entry that lifts a record to the next multiple of 1,000,000, written once for every record when a log gets a new epoch.
 *
 * After a backup was restored, version 14 would mean two contents: the one that somebody saw before and the one that is
 * saved next. A lifted version cannot be taken for an old one, also where only the number travels. The content stays, but for
 * the number in it, which is what readers send back as their base; nobody is told.
 */
export function liftVersion(stored: StoredRecord): ChangeDraft {
  const version = (Math.floor(stored.version / versionStep) + 1) * versionStep;
  const record = stored.record && withVersion(stored.record, stored.version, version);
  return {
    kind: 'change',
    resource: stored.resource,
    id: stored.id,
    operation: stored.record === null ? 'deleted' : 'updated',
    version,
    record,
    ...undoOf(stored.record, record),
    // What is public stays: a draft does not become it, and where both are the same they stay so.
    publication: jsonEquals(stored.published, stored.record) ? 'follows' : 'kept',
    actor: { id: 'restore', name: 'Restore', kind: 'server' },
    mutationId: null,
    notify: false,
  };
}

/** Every number in the record that means its version now. */
function withVersion(record: JsonObject, old: number, version: number): JsonObject {
  const names = ['version', 'publishedVersion'].filter((name) => record[name] === old);
  return names.length === 0 ? record : { ...record, ...Object.fromEntries(names.map((name) => [name, version])) };
}
