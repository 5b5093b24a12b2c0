import type { JsonObject, JsonValue } from '../json.ts';

/** What a filter can ask of a field. */
export const filterOperators = ['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'is'] as const;

/** One of them. */
export type FilterOperator = (typeof filterOperators)[number];

/**
 * One condition on one top-level field.
 *
 * Shape   `resource` null: of every resource that is followed; `values` one text, several for `in`
 */
export interface Filter {
  readonly resource: string | null;
  readonly field: string;
  readonly operator: FilterOperator;
  readonly values: readonly string[];
}

/** A filter, or what is wrong with the text, as a sentence. */
export type ParsedFilter = { readonly filter: Filter } | { readonly fault: string };

/**
 * Reads `organization_id=eq.org-1`, or `goals:organization_id=eq.org-1` for one resource.
 *
 * Shape   `field=operator.value`. `in.(a,b,"c,d")`: a text with a comma or a bracket stands in quotes. `is.null`, `is.true`, `is.false`
 * Source  the operators of PostgREST, as clients of Supabase write them
 */
export function parseFilter(text: string): ParsedFilter {
  const match = /^(?:([\w-]+):)?([\w-]+)=([a-z]+)\.(.*)$/s.exec(text);
  if (!match) return fault(text, 'a filter is field=operator.value, such as organization_id=eq.org-1');
  const [, resource = null, field = '', operator = '', value = ''] = match;
  if (!isOperator(operator)) return fault(text, `known operators are ${filterOperators.join(', ')}`);
  if (operator === 'is' && !['null', 'true', 'false'].includes(value))
    return fault(text, '"is" takes null, true or false');
  const values = operator === 'in' ? parseList(value) : [value];
  if (values === null) return fault(text, '"in" takes a list such as in.(open,done)');
  return { filter: { resource, field, operator, values } };
}

/** The text that `parseFilter` reads. */
export function formatFilter({ resource, field, operator, values }: Filter): string {
  const value = operator === 'in' ? `(${values.map(quote).join(',')})` : (values[0] ?? '');
  return `${resource === null ? '' : `${resource}:`}${field}=${operator}.${value}`;
}

/**
 * True when a record fulfils every filter that is for its resource.
 *
 * A field that is absent or null fulfils nothing but `is.null`. Numbers are compared as numbers where both sides are;
 * everything else as text by code units, which is the order of ISO times.
 */
export function matchesFilters(filters: readonly Filter[], resource: string, record: JsonObject): boolean {
  return filters.every(
    (filter) => (filter.resource !== null && filter.resource !== resource) || matches(filter, record[filter.field]),
  );
}

function matches({ operator, values }: Filter, value: JsonValue | undefined): boolean {
  const [wanted = ''] = values;
  if (operator === 'is') return wanted === 'null' ? value === null || value === undefined : String(value) === wanted;
  if (value === null || value === undefined || typeof value === 'object') return false;
  if (operator === 'in') return values.some((one) => compare(value, one) === 0);
  const order = compare(value, wanted);
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'neq':
      return order !== 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
  }
}

function compare(value: string | number | boolean, wanted: string): number {
  if (typeof value === 'number' && wanted.trim() !== '' && Number.isFinite(Number(wanted)))
    return value - Number(wanted);
  const text = String(value);
  return text === wanted ? 0 : text < wanted ? -1 : 1;
}

function parseList(text: string): readonly string[] | null {
  if (!text.startsWith('(') || !text.endsWith(')')) return null;
  const inside = text.slice(1, -1);
  // What stands without quotes takes the spaces around it with it and is trimmed after: two repetitions that could both take
  // a space would try every way to share a long row of them, and hold the whole server up.
  const item = /(?:\s*"((?:[^"\\]|\\.)*)"\s*|([^,"()]*))(,|$)/sy;
  const values: string[] = [];
  for (;;) {
    const match = item.exec(inside);
    if (!match) return null;
    values.push(match[1]?.replace(/\\(.)/gs, '$1') ?? (match[2] ?? '').trim());
    if (match[3] === '') return values;
  }
}

function quote(value: string): string {
  return /^[\w.:-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function isOperator(text: string): text is FilterOperator {
  return (filterOperators as readonly string[]).includes(text);
}

function fault(text: string, expected: string): { readonly fault: string } {
  return { fault: `The filter "${text.slice(0, 100)}" cannot be read: ${expected}.` };
}
