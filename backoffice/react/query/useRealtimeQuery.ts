import { hashKey, partialMatchKey, useQueryClient, type Query, type QueryKey } from '@tanstack/react-query';
import type { JsonObject } from '../../../shared/json.ts';
import { toRealtimePayload, type RealtimePayload } from '../live/realtimePayload.ts';
import { useExplainedSilence } from '../live/useExplainedSilence.ts';
import { filtersOf, useEventsPerSecond, type FollowedTable } from '../live/useFollow.ts';
import { useSubscription, type SubscriptionState } from '../live/useSubscription.ts';
import { useLatest } from '../useLatest.ts';
import type { ListRules } from './applyChange.ts';
import { createRefresher } from './createRefresher.ts';
import { followQueries } from './followQueries.ts';
import { keepQueries } from './keepQueries.ts';

/** Which queries are kept up to date, by what, and how. Callbacks may be written inline. */
export interface RealtimeQueryOptions<Row = JsonObject> {
  /** The name of a resource. */
  readonly table: string;
  /** This query, and those whose keys begin with this key. */
  readonly queryKey: QueryKey;
  /** Such as `organization_id=eq.org-1`. Give the same to the query. Default: all that the user may read. */
  readonly filter?: string | readonly string[];
  /** Milliseconds in which the changes of one record are told as one, and between two loads. Default: the provider's rate, for loads 100. */
  readonly throttleMs?: number;
  /** `invalidate` loads again; `optimistic` puts the change into lists and records by id. Default `invalidate`. */
  readonly strategy?: 'invalidate' | 'optimistic';
  /** With `optimistic`: takes the place of putting it in. */
  readonly onOptimisticInsert?: (row: Row) => void;
  readonly onOptimisticUpdate?: (old: Partial<Row>, row: Row) => void;
  readonly onOptimisticDelete?: (old: Partial<Row>) => void;
  /** False leaves the channel. Default true. */
  readonly enabled?: boolean;
  /** True: says in the console why an event comes or does not come. Default false. */
  readonly debug?: boolean;
}

/**
 * Keeps queries of TanStack up to date.
 *
 * Shape   what `optimistic` can patch: a list of records with `id` and `version`, one record, `{ records }`, pages. A created
 *         record is put at the end of the query with exactly this key; queries with a longer key are loaded again for it
 */
export function useRealtimeQuery<Row = JsonObject>(options: RealtimeQueryOptions<Row>): SubscriptionState {
  const { table, queryKey, filter, strategy = 'invalidate', enabled, debug = false } = options;
  const client = useQueryClient();
  const latest = useLatest(options);
  const hook = 'useRealtimeQuery';
  const eventsPerSecond = useEventsPerSecond(hook, options.throttleMs);
  const filters = filtersOf(filter);
  const hash = hashKey(queryKey);

  const followed: FollowedTable = { hook, table, filter, enabled, throttleMs: options.throttleMs };
  const state = useSubscription({
    hook,
    enabled,
    key: JSON.stringify([table, filters, eventsPerSecond, hash, strategy]),
    open(connection, onStatus) {
      const matches = (query: Query): boolean => partialMatchKey(query.queryKey, queryKey);
      const refresher = createRefresher(client, 1000 / (eventsPerSecond ?? 10));
      const stopKeeping = keepQueries(client, (query) => query.queryKey[0] === table && matches(query));
      const stop = followQueries({
        client,
        connection,
        table,
        filters,
        eventsPerSecond,
        matches,
        rulesOf: (query) => (query.queryHash === hash ? exact : longer),
        waitsForAnswer: false,
        onStatus,
        onChange(change) {
          // Told without its fields there is no row to hand over: the patch loads it.
          const hasRow = change.record !== null || change.operation === 'deleted';
          if (strategy === 'optimistic') return hasRow && callBack(latest.current, toRealtimePayload<Row>(change));
          refresher.ask(matches);
          return true;
        },
      });
      return () => {
        stop();
        stopKeeping();
        refresher.stop();
      };
    },
  });
  useExplainedSilence(followed, state, debug);
  return state;
}

const exact: ListRules = { adds: 'created', order: 'end', isInside: () => true };
const longer: ListRules = { ...exact, adds: 'refetch' };

/** True when the caller did it himself. */
function callBack<Row>(options: RealtimeQueryOptions<Row>, payload: RealtimePayload<Row>): boolean {
  switch (payload.eventType) {
    case 'INSERT':
      options.onOptimisticInsert?.(payload.new);
      return options.onOptimisticInsert !== undefined;
    case 'UPDATE':
      options.onOptimisticUpdate?.(payload.old, payload.new);
      return options.onOptimisticUpdate !== undefined;
    case 'DELETE':
      options.onOptimisticDelete?.(payload.old);
      return options.onOptimisticDelete !== undefined;
  }
}
