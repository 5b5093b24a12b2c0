import { useQueryClient, type Query } from '@tanstack/react-query';
import { isJsonObject } from '../../../../shared/json.ts';
import { useEventsPerSecond } from '../../live/useFollow.ts';
import { useSubscription, type SubscriptionState } from '../../live/useSubscription.ts';
import { followQueries } from '../followQueries.ts';
import { keepQueries } from '../keepQueries.ts';
import { filtersOfKey, rulesOf } from './resourceFilters.ts';

/** Keeps the lists and records of a resource up to date, of one tenant or of all that the user may read. */
export function useRealtimeResource(of: {
  readonly hook: string;
  readonly resource: string;
  readonly scopeField: string;
  readonly scope: string | null | undefined;
  readonly enabled: boolean;
}): SubscriptionState {
  const { hook, resource, scopeField, scope, enabled } = of;
  const client = useQueryClient();
  const eventsPerSecond = useEventsPerSecond(hook, undefined);
  const filters = scope === null || scope === undefined ? [] : [`${scopeField}=eq.${scope}`];
  return useSubscription({
    hook,
    enabled,
    key: JSON.stringify([resource, filters, eventsPerSecond]),
    open(connection, onStatus) {
      const isOf = (query: Query): boolean => query.queryKey[0] === resource;
      // Another tenant's lists are not told here: the provider loads them.
      const isTold = (query: Query): boolean => {
        if (!isOf(query)) return false;
        if (filters.length === 0) return true;
        const { data } = query.state as { readonly data?: unknown };
        const about = isJsonObject(data) ? data : filtersOfKey(query.queryKey);
        return about[scopeField] === scope;
      };
      const stopKeeping = keepQueries(client, isTold);
      const stop = followQueries({
        client,
        connection,
        table: resource,
        filters,
        eventsPerSecond,
        matches: isOf,
        rulesOf,
        waitsForAnswer: true,
        onStatus,
      });
      return () => {
        stop();
        stopKeeping();
      };
    },
  });
}
