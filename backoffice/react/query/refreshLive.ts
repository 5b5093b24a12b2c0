import type { Query, QueryClient } from '@tanstack/react-query';
import { nearestName } from '../../../shared/nearestName.ts';
import type { Connection } from '../../client/index.ts';
import { warnOnce } from '../warnOnce.ts';
import { createRefresher } from './createRefresher.ts';
import { beganBefore, trackFetches, whenPlaced } from './trackFetches.ts';
import { isKept } from './keepQueries.ts';

/** Loads the queries of live resources again when one of their records changes; returns how to stop. */
export function refreshLive(options: {
  readonly client: QueryClient;
  readonly connection: Connection;
  readonly resources: readonly string[];
  readonly eventsPerSecond: number;
}): () => void {
  const { client, connection, resources, eventsPerSecond } = options;
  if (resources.length === 0) return () => undefined;
  trackFetches(client);
  const refresher = createRefresher(client, 1000 / eventsPerSecond);
  // One each, so that a name that is refused silences itself only.
  const followers = resources.map((resource) => {
    const isOf = (query: Query): boolean => query.queryKey[0] === resource && !isKept(client, query);
    return connection.follow({
      resources: [resource],
      eventsPerSecond,
      onEvent(event) {
        if (event.type === 'change') warnOfKeys(client, resource);
        refresher.ask(isOf);
      },
      onStatus({ state, problem }) {
        if (state === 'closed' && problem !== undefined)
          warnOnce(`"${resource}" cannot be followed: ${problem.detail ?? problem.title}`);
      },
    });
  });
  const live = new Set<unknown>(resources);
  const stopWaiting = whenPlaced(connection, () =>
    refresher.ask((query) => live.has(query.queryKey[0]) && !isKept(client, query) && beganBefore(query, connection)),
  );
  return () => {
    stopWaiting();
    refresher.stop();
    for (const follower of followers) follower.close();
  };
}

/** A key that nobody fits shows nothing and says nothing: the commonest reason why "it does not update". */
function warnOfKeys(client: QueryClient, resource: string): void {
  const isOf = (query: Query): boolean => query.queryKey[0] === resource;
  if (client.getQueryCache().findAll({ predicate: isOf }).length > 0) return;
  const first = client
    .getQueryCache()
    .getAll()
    .map(({ queryKey }) => String(queryKey[0]));
  const keys = [...new Set(first)];
  const near = nearestName(resource, keys);
  const hint =
    near === null ? `They begin with: ${keys.join(', ') || 'nothing'}.` : `Did you mean "${resource}" with "${near}"?`;
  warnOnce(`a change of "${resource}" came, but no query key begins with "${resource}". ${hint}`);
}
