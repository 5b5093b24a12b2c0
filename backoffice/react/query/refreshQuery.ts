import type { Query, QueryClient, QueryFilters } from '@tanstack/react-query';

/** A running fetch is begun again so often at most; then it runs to its end. */
const maxRestarts = 3;
const restarts = new WeakMap<Query, number>();
const waiting = new WeakSet<Query>();

/**
 * Loads a query again if it is shown, and marks it as old if not; what a running fetch brings counts as old too.
 *
 * A fetch that runs is begun again: its rows may have been read before the change, and TanStack takes the first rows of a
 * query for new whatever was said meanwhile. Not for ever, or a list that changes ten times a second would never be loaded:
 * the last one runs to its end, and the next begins after it.
 */
export function refreshQuery(client: QueryClient, query: Query): void {
  const again = (): void => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
  if (query.state.fetchStatus !== 'fetching') return again();
  const count = restarts.get(query) ?? 0;
  if (count < maxRestarts) {
    restarts.set(query, count + 1);
    void query.cancel({ silent: true });
    const running = query.fetch();
    // A failure is shown by the hooks of the query. A fetch that was begun again is not the end.
    const done = (): void => {
      if (query.state.fetchStatus !== 'fetching') restarts.delete(query);
    };
    running.then(done, done);
  } else if (!waiting.has(query)) {
    waiting.add(query);
    const then = (): void => {
      waiting.delete(query);
      again();
    };
    void query.promise?.then(then, then);
  }
}

/** The same for all that the filter finds. */
export function refreshQueries(client: QueryClient, filters: QueryFilters): void {
  for (const query of client.getQueryCache().findAll(filters)) refreshQuery(client, query);
}
