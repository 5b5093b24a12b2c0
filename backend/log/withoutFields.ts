import type { Change } from '../../shared/change.ts';

/**
 * A change of a resource that tells without fields: which record, what happened, which version, by whom, and nothing of its content.
 *
 * Shape   `counts` stays as an empty object, which says that only counters moved
 */
export function withoutFields(change: Change): Change {
  return { ...change, record: null, before: null, patch: [], ...(change.counts ? { counts: {} } : {}) };
}
