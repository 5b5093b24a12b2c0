import type { Query, QueryClient } from '@tanstack/react-query';
import type { Connection } from '../../client/index.ts';
import { isConnected } from '../live/isConnected.ts';
import { settleCursor } from './cursorOf.ts';

/**
 * Which came first, a fetch or the place in the log from which the connection tells everything.
 *
 * What was fetched before that place may lack a change that nobody will tell any more. Moments are counted, not timed: two
 * of the same millisecond have an order too.
 */
let moment = 0;
const fetchBegan = new WeakMap<Query, number>();
const dataBegan = new WeakMap<Query, number>();
const placeKnown = new WeakMap<Connection, number>();
const tracked = new WeakSet<QueryClient>();

/** Notes from now on when each query of a client begins to fetch, and where in the log its rows were read. */
export function trackFetches(client: QueryClient): void {
  if (tracked.has(client)) return;
  tracked.add(client);
  // For as long as the client lives, like the notes themselves.
  client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') return;
    const { action, query } = event;
    if (action.type === 'fetch') fetchBegan.set(query, (moment += 1));
    if (action.type !== 'success' || action.manual) return;
    dataBegan.set(query, fetchBegan.get(query) ?? 0);
    settleCursor(query);
  });
}

/** True when a query holds or is fetching what may be older than the place of the connection. */
export function beganBefore(query: Query, connection: Connection): boolean {
  const place = placeKnown.get(connection);
  if (place === undefined) return true;
  const began = query.state.fetchStatus === 'fetching' ? fetchBegan.get(query) : dataBegan.get(query);
  return (began ?? 0) < place;
}

/** Calls back as soon as the connection has a place, at once where it has one; returns how to stop. */
export function whenPlaced(connection: Connection, callback: () => void): () => void {
  let isStopped = false;
  let stopListening = () => {};
  const look = (): void => {
    if (isStopped || !isConnected(connection.getStatus())) return;
    if (!placeKnown.has(connection)) placeKnown.set(connection, (moment += 1));
    stop();
    callback();
  };
  const stop = (): void => {
    isStopped = true;
    stopListening();
  };
  stopListening = connection.onStatus(look);
  look();
  return stop;
}
