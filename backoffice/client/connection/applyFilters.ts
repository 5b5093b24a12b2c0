import type { Change } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { matchesFilters, type Filter } from '../../../shared/protocol/filter.ts';

/**
 * A change as it looks through filters: entering them is a creation, leaving them a deletion; null when it is outside.
 *
 * The server filters the same way, but not for one listener among several. What says no more than the id is let through, as
 * nobody can tell whether the record was or is inside: deleting what one does not have does nothing, and a change without
 * fields only says that there is something to load.
 */
export function applyFilters(filters: readonly Filter[], change: Change): Change | null {
  if (!filters.some(({ resource }) => resource === null || resource === change.resource)) return change;
  const { record, before } = change;
  if (!record && !before) return change;
  const isMatch = (one: JsonObject | null) => one !== null && matchesFilters(filters, change.resource, one);
  const [wasIn, isIn] = [isMatch(before), isMatch(record)];
  if (!wasIn && !isIn) return null;
  if (wasIn === isIn || (wasIn && record === null) || (isIn && before === null)) return change;
  const { counts: _, ...rest } = change;
  return wasIn
    ? { ...rest, operation: 'deleted', record: null, before: null, patch: [] }
    : { ...rest, operation: 'created', before: null, patch: [] };
}
