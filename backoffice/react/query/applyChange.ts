import type { Change } from '../../../shared/change.ts';
import { isJsonObject, type JsonObject } from '../../../shared/json.ts';

/** What a list is, so that a change can be put into it. */
export interface ListRules {
  /** Which records that the list does not have yet are put in: `refetch` when only the server knows where they belong. */
  readonly adds: 'created' | 'any' | 'never' | 'refetch';
  /** Where: lists of the product come ordered by id. */
  readonly order: 'id' | 'end';
  /** True for a record that belongs to the list. */
  readonly isInside: (record: JsonObject) => boolean;
  /** True where the rows are not what changes tell, such as what is published: each change loads them again. */
  readonly isOtherView?: boolean;
}

/** What became of cached data: `unknown` means that only the server can tell how it looks now. */
export type AppliedChange =
  { readonly outcome: 'same' | 'unknown' } | { readonly outcome: 'changed'; readonly data: unknown };

const same: AppliedChange = { outcome: 'same' };
const unknown: AppliedChange = { outcome: 'unknown' };

/**
 * Puts a change into what a query holds.
 *
 * Shape   a list of records, one record, `{ records }`, or the pages of an infinite query; anything else is `unknown`
 *         a change without fields (`live: 'notify'`) is `unknown` wherever it may count: only a load brings them
 * Order   by version: an older change never overwrites a newer record, and a row that is there is not added again
 */
export function applyChange(data: unknown, change: Change, rules: ListRules): AppliedChange {
  if (data === undefined) return same;
  if (rules.isOtherView === true) return unknown;
  if (Array.isArray(data)) return applyToList(data, change, rules);
  if (!isJsonObject(data)) return unknown;
  const { records, pages, id } = data as JsonObject;
  if (Array.isArray(pages)) return applyToPages(data, pages, change, rules);
  if (Array.isArray(records)) return within(data, 'records', applyToList(records, change, rules));
  if (id === undefined) return unknown;
  if (String(id) !== change.id) return same;
  const next = newer(data, change);
  return next === null ? same : next === 'gone' || next === 'untold' ? unknown : { outcome: 'changed', data: next };
}

function applyToList(list: readonly unknown[], change: Change, rules: ListRules): AppliedChange {
  if (!list.every(isJsonObject)) return unknown;
  const at = list.findIndex((record) => String(record['id']) === change.id);
  const found = list[at];
  if (found !== undefined) {
    const next = newer(found, change);
    if (next === null) return same;
    if (next === 'untold') return unknown;
    const isOut = next === 'gone' || !rules.isInside(next);
    return { outcome: 'changed', data: isOut ? list.toSpliced(at, 1) : list.with(at, next) };
  }
  const { record } = change;
  if (isWithoutFields(change)) return rules.adds === 'never' || change.counts ? same : unknown;
  if (record === null || change.counts || !rules.isInside(record)) return same;
  if (rules.adds === 'refetch') return unknown;
  if (rules.adds === 'never') return same;
  if (rules.adds === 'created' && change.operation !== 'created') return same;
  const place = rules.order === 'end' ? -1 : list.findIndex((one) => String(one['id']) > change.id);
  return { outcome: 'changed', data: list.toSpliced(place === -1 ? list.length : place, 0, record) };
}

/** A page ends where the server says, so that nothing can be put into one. */
function applyToPages(data: JsonObject, pages: readonly unknown[], change: Change, rules: ListRules): AppliedChange {
  const applied = pages.map((page) => applyChange(page, change, { ...rules, adds: 'never' }));
  if (applied.some(({ outcome }) => outcome === 'unknown')) return unknown;
  if (applied.every(({ outcome }) => outcome === 'same')) return change.operation === 'created' ? unknown : same;
  return {
    outcome: 'changed',
    data: { ...data, pages: applied.map((one, index) => (one.outcome === 'changed' ? one.data : pages[index])) },
  };
}

function within(data: JsonObject, name: string, applied: AppliedChange): AppliedChange {
  return applied.outcome === 'changed' ? { outcome: 'changed', data: { ...data, [name]: applied.data } } : applied;
}

/** True for a change of a record that is there, told without it. */
function isWithoutFields(change: Change): boolean {
  return change.record === null && change.operation !== 'deleted';
}

/** The record after a change; null when it is as new already, `untold` when the change does not say how it is. */
function newer(cached: JsonObject, change: Change): JsonObject | 'gone' | 'untold' | null {
  const version = typeof cached['version'] === 'number' ? cached['version'] : null;
  if (isWithoutFields(change)) {
    const isKnown = version !== null && (change.counts ? version > change.version : version >= change.version);
    return isKnown ? null : 'untold';
  }
  // Counters move without a new version.
  if (change.counts && (version === null || version === change.version)) return { ...cached, ...change.counts };
  if (version !== null && version >= change.version) return null;
  return change.record ?? 'gone';
}
