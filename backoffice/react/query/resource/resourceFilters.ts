import type { Query, QueryKey } from '@tanstack/react-query';
import { isJsonObject, type JsonObject } from '../../../../shared/json.ts';
import { matchesFilters, parseFilter } from '../../../../shared/protocol/filter.ts';
import type { ListRules } from '../applyChange.ts';

/** What a list is asked for: fields with the value that they have to have, and `limit`, `sort` (`-name`), `q`, `filter`, `view`. */
export type ResourceFilters = Readonly<Record<string, string | number | boolean | null | undefined>>;

const controls: readonly string[] = ['limit', 'after', 'sort', 'q', 'filter', 'view'];

/** The key of a list: `['goals']`, or `['goals', filters]`. */
export function listKey(resource: string, filters: ResourceFilters): QueryKey {
  const given = givenOf(filters);
  return Object.keys(given).length === 0 ? [resource] : [resource, given];
}

/** The address of a list. */
export function listUrl(url: string, filters: ResourceFilters): string {
  const query = new URLSearchParams(
    Object.entries(givenOf(filters)).map(([name, value]) => [name, String(value)] as [string, string]),
  ).toString();
  return query === '' ? url : `${url}?${query}`;
}

/** True when the server cuts, searches, filters or orders the list, so that only it knows what belongs where. */
export function isArranged(filters: ResourceFilters): boolean {
  return Object.keys(givenOf(filters)).some((name) => controls.includes(name));
}

/** True when a record has what a list asks for, by the rule of the server. */
export function isInList(filters: ResourceFilters, record: JsonObject): boolean {
  return Object.entries(givenOf(filters)).every(([name, wanted]) => {
    if (name === 'filter') return fulfils(String(wanted), record);
    if (controls.includes(name)) return true;
    const value = record[name];
    if (value === undefined) return false;
    return Array.isArray(value)
      ? value.some((item) => String(item) === String(wanted))
      : String(value) === String(wanted);
  });
}

/** How a change goes into a list or a record of a resource. */
export function rulesOf(query: Query): ListRules {
  const filters = filtersOfKey(query.queryKey);
  return {
    adds: isArranged(filters) ? 'refetch' : 'any',
    order: 'id',
    isInside: (record) => isInList(filters, record),
    isOtherView: givenOf(filters)['view'] !== undefined,
  };
}

/** The filters in the key of a list; none in the key of a record. */
export function filtersOfKey(key: QueryKey): ResourceFilters {
  const second: unknown = key[1];
  return isJsonObject(second) ? (second as ResourceFilters) : {};
}

/** What cannot be read is refused by the server: nothing is taken out because of it. */
function fulfils(text: string, record: JsonObject): boolean {
  const parsed = parseFilter(text);
  return 'fault' in parsed || matchesFilters([{ ...parsed.filter, resource: null }], '', record);
}

function givenOf(filters: ResourceFilters): ResourceFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== null));
}
