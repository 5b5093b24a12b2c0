import { notifyManager, type Query, type QueryClient } from '@tanstack/react-query';
import type { Change } from '../../../shared/change.ts';
import type { ChangeEvent, ResetEvent } from '../../../shared/protocol/events.ts';
import type { Connection, ConnectionStatus, Follower } from '../../client/index.ts';
import { extremePlace } from '../../client/connection/comparePlaces.ts';
import type { ListRules } from './applyChange.ts';
import { beganBefore, trackFetches, whenPlaced } from './trackFetches.ts';
import { patchQuery } from './patchQuery.ts';
import { cursorOf } from './cursorOf.ts';
import { refreshQuery } from './refreshQuery.ts';

/** What is followed, and which queries are kept up to date by it. */
export interface QueryFollowing {
  readonly client: QueryClient;
  readonly connection: Connection;
  readonly table: string;
  readonly filters: readonly string[];
  readonly eventsPerSecond: number | undefined;
  readonly matches: (query: Query) => boolean;
  readonly rulesOf: (query: Query) => ListRules;
  /** True: it begins where the first answer was read, so that nothing has to be loaded twice. */
  readonly waitsForAnswer: boolean;
  /** Takes the place of the patch; false to go on with it. */
  readonly onChange?: (change: Change) => boolean;
  readonly onStatus: (status: ConnectionStatus) => void;
  readonly onEvent?: (event: ChangeEvent | ResetEvent) => void;
}

/**
 * Keeps queries up to date by putting each change into what they hold; returns how to stop.
 *
 * Invariants (tests/react/hooks/useRealtimeQuery.test.tsx)
 *   What a fetch brings that was under way when a change came has the change put into it before anybody sees it.
 *   Between what was fetched and what is followed there is no gap: it is followed from where the rows were read, or loaded
 *   once more where that is not known.
 */
export function followQueries(options: QueryFollowing): () => void {
  const { client, connection, matches } = options;
  const cache = client.getQueryCache();
  /** The changes that came while a query was fetching. */
  const missed = new Map<Query, Change[]>();
  let follower: Follower | null = null;
  let stopWaiting = () => {};
  trackFetches(client);

  const all = (): readonly Query[] => cache.findAll({ predicate: matches });
  const patch = (query: Query, change: Change): void => patchQuery(client, query, change, options.rulesOf(query));

  const take = (event: ChangeEvent | ResetEvent): void => {
    options.onEvent?.(event);
    if (event.type === 'reset') {
      for (const query of all()) refreshQuery(client, query);
      return;
    }
    const { change } = event;
    if (options.onChange?.(change)) return;
    notifyManager.batch(() => {
      for (const query of all()) {
        if (query.state.fetchStatus === 'fetching') missed.set(query, [...(missed.get(query) ?? []), change]);
        patch(query, change);
      }
    });
  };

  const begin = (): void => {
    if (follower !== null) return;
    const queries = all();
    const since = extremePlace(
      queries.flatMap((query) => cursorOf(query) ?? []),
      'first',
    );
    const isEmpty = queries.every((query) => query.state.data === undefined);
    if (since === null && isEmpty && options.waitsForAnswer) return;
    const { table, filters, eventsPerSecond } = options;
    follower = connection.follow({
      resources: [table],
      filters,
      ...(since === null ? {} : { since }),
      ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
      onEvent: take,
      onStatus: options.onStatus,
    });
    stopWaiting = whenPlaced(connection, () => {
      options.onStatus(connection.getStatus());
      // Read at an unknown place, before the one that everything is told from.
      for (const query of all())
        if ((since === null || cursorOf(query) === null) && beganBefore(query, connection)) refreshQuery(client, query);
    });
  };

  const stopListening = cache.subscribe((event) => {
    if (event.type !== 'updated' || !matches(event.query)) return;
    const { action, query } = event;
    if (action.type === 'fetch') missed.delete(query);
    if (action.type === 'error') missed.delete(query);
    if (action.type !== 'success' || action.manual) return;
    const changes = missed.get(query) ?? [];
    missed.delete(query);
    for (const change of changes) patch(query, change);
    begin();
  });
  begin();
  return () => {
    stopListening();
    stopWaiting();
    follower?.close();
  };
}
