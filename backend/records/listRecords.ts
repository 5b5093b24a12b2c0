import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { frameLimits } from '../../shared/protocol/frames.ts';
import { matchesFilters, parseFilter, type Filter } from '../../shared/protocol/filter.ts';

/** What a list was asked for; field names are checked for readability before they come here. */
export interface ListQuery {
  readonly limit: number;
  readonly after: string | null;
  readonly sort: { readonly field: string; readonly descending: boolean } | null;
  readonly q: string | null;
  /** `field=value`, which also finds a value in a list. */
  readonly equals: readonly { readonly field: string; readonly value: string }[];
  /** `filter=field=operator.value`, as streams take it. */
  readonly filters: readonly Filter[];
}

/** A page, and what lies around it. */
export interface ListPage {
  readonly records: readonly JsonObject[];
  readonly total: number;
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null;
}

/** The default and the largest page. */
export const listLimits = { defaultLimit: 100, maxLimit: 1000 } as const;

/** What a list is asked beside `field=value`; `view` is read by the route. A field of such a name is reached by `filter` alone. */
export const listParameters: readonly string[] = ['limit', 'after', 'sort', 'q', 'filter', 'view'];

/**
 * Reads the query of a list.
 *
 * Errors  BAD_PARAMETER with what was expected
 */
export function readListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const text = (name: string): string | null => {
    const value = query[name];
    if (value === undefined) return null;
    if (typeof value !== 'string' || value.length > 500)
      throw new SyncError('BAD_PARAMETER', `"${name.slice(0, 100)}" has to be one text of at most 500 characters.`);
    return value;
  };
  const limitText = text('limit');
  const limit = limitText === null ? listLimits.defaultLimit : Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > listLimits.maxLimit) {
    throw new SyncError(
      'BAD_PARAMETER',
      `"limit" has to be a whole number from 1 to ${listLimits.maxLimit}; "${limitText}" came.`,
    );
  }
  const sortText = text('sort');
  const descending = sortText?.startsWith('-') ?? false;
  return {
    limit,
    after: text('after'),
    sort: sortText ? { field: descending ? sortText.slice(1) : sortText, descending } : null,
    q: text('q'),
    equals: Object.keys(query)
      .filter((name) => !listParameters.includes(name))
      .map((field) => ({ field, value: text(field) ?? '' })),
    filters: readFilters(query['filter']),
  };
}

function readFilters(value: unknown): readonly Filter[] {
  const texts: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (texts.length > frameLimits.maxFilters)
    throw new SyncError('BAD_PARAMETER', `At most ${frameLimits.maxFilters} filters; ${texts.length} came.`);
  return texts.map((text) => {
    const parsed = parseFilter(typeof text === 'string' ? text : '');
    if ('fault' in parsed) throw new SyncError('BAD_PARAMETER', parsed.fault);
    return parsed.filter;
  });
}

/**
 * Filters, sorts and cuts the records that somebody may read.
 *
 * Shape   records come ordered by id, which also decides between equal ones, so that a page never repeats a record
 */
export function listRecords(resource: string, records: readonly JsonObject[], query: ListQuery): ListPage {
  const words =
    query.q === null
      ? []
      : fold(query.q)
          .split(/\s+/)
          .filter((word) => word !== '');
  const found = records.filter(
    (record) =>
      query.equals.every(({ field, value }) => matchesText(record[field], value)) &&
      matchesFilters(query.filters, resource, record) &&
      (words.length === 0 || containsAll(record, words)),
  );
  const { sort } = query;
  if (sort)
    found.sort(
      (a, b) =>
        compareValues(a[sort.field], b[sort.field], sort.descending) || compareText(String(a['id']), String(b['id'])),
    );
  const start = query.after === null ? 0 : startAfter(found, query.after, sort === null);
  const page = found.slice(start, start + query.limit);
  const last = page.at(-1);
  return {
    records: page,
    total: found.length,
    next: start + page.length < found.length && last ? String(last['id']) : null,
  };
}

function startAfter(found: readonly JsonObject[], after: string, byId: boolean): number {
  const index = found.findIndex((record) => record['id'] === after);
  if (index !== -1) return index + 1;
  // The record that ended the page before was deleted: by id its place is still known.
  if (byId) return found.filter((record) => String(record['id']) <= after).length;
  throw new SyncError('BAD_PARAMETER', 'The record that "after" names is gone. Start at the first page again.');
}

function matchesText(value: JsonValue | undefined, wanted: string): boolean {
  if (value === undefined) return false;
  return Array.isArray(value) ? value.some((item) => String(item) === wanted) : String(value) === wanted;
}

function containsAll(record: JsonObject, words: readonly string[]): boolean {
  const text = fold(
    Object.entries(record)
      .filter(([name]) => name !== 'id')
      .map(([, value]) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
      .join(' '),
  );
  return words.every((word) => text.includes(word));
}

/** Search does not mind accents or capitals. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** What is not set comes last in both directions: nobody looks for it. */
function compareValues(a: JsonValue | undefined, b: JsonValue | undefined, descending: boolean): number {
  if (a === b) return 0;
  if (a === undefined || a === null) return 1;
  if (b === undefined || b === null) return -1;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  return descending ? -order : order;
}

const collator = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' });

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
