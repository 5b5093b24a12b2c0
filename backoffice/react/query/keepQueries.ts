import type { Query, QueryClient } from '@tanstack/react-query';

type Matches = (query: Query) => boolean;

const kept = new WeakMap<QueryClient, Set<Matches>>();

/** Says that a hook keeps these queries up to date by itself, so that the provider need not load them; returns how to take it back. */
export function keepQueries(client: QueryClient, matches: Matches): () => void {
  const all = kept.get(client) ?? new Set();
  kept.set(client, all);
  all.add(matches);
  return () => void all.delete(matches);
}

/** True for a query that some hook keeps. */
export function isKept(client: QueryClient, query: Query): boolean {
  return [...(kept.get(client) ?? [])].some((matches) => matches(query));
}
