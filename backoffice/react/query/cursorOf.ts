import type { Query } from '@tanstack/react-query';
import { parseCursor } from '../../../shared/cursor.ts';
import type { Change } from '../../../shared/change.ts';
import { isJsonObject } from '../../../shared/json.ts';

const cursors = new WeakMap<Query, string>();
const read = new WeakMap<Query, string | null>();

/** Notes the place in the log at which the rows were read that a fetch is about to give to a query. */
export function rememberCursor(query: Query | undefined, cursor: string | null): void {
  if (query !== undefined) read.set(query, cursor);
}

/** The query holds the rows now. Not earlier: a fetch can be given up after it was answered. */
export function settleCursor(query: Query): void {
  const cursor = read.get(query) ?? null;
  if (cursor === null) cursors.delete(query);
  else cursors.set(query, cursor);
}

/** The place at which the rows of a query were read; null when nobody knows. An answer of `loadList` says it itself. */
export function cursorOf(query: Query): string | null {
  const { data } = query.state as { data?: unknown };
  if (data === undefined) return null;
  const own = isJsonObject(data) && Array.isArray(data['records']) ? data['cursor'] : undefined;
  return typeof own === 'string' ? own : (cursors.get(query) ?? null);
}

/** True for a change that the rows of a query already held when they were read. */
export function hasSeen(query: Query, change: Change): boolean {
  const from = parseCursor(cursorOf(query) ?? '');
  const place = parseCursor(change.cursor);
  return from !== null && place !== null && from.epoch === place.epoch && place.seq <= from.seq;
}
