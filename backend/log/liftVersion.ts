import type { StoredRecord } from './advance.ts';
import type { ChangeDraft } from './entry.ts';

const versionStep = 1_000_000;

/**
 * The entry that lifts a record to the next multiple of 1,000,000, written once for every record when a log gets a new epoch.
 *
 * After a backup was restored, version 14 would mean two contents: the one that somebody saw before and the one that is
 * saved next. A lifted version cannot be taken for an old one, also where only the number travels. The content stays, so
 * nobody is told.
 */
export function liftVersion(stored: StoredRecord): ChangeDraft {
  return {
    kind: 'change',
    resource: stored.resource,
    id: stored.id,
    operation: stored.record === null ? 'deleted' : 'updated',
    version: (Math.floor(stored.version / versionStep) + 1) * versionStep,
    record: stored.record,
    undo: stored.record === null ? null : [],
    before: null,
    publication: 'kept',
    actor: { id: 'restore', name: 'Restore', kind: 'server' },
    mutationId: null,
    notify: false,
  };
}
