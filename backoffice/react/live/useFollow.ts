import type { ChangeEvent, ResetEvent } from '../../../shared/protocol/events.ts';
import { useLatest } from '../useLatest.ts';
import { useProvidedConnection } from './ConnectionContext.ts';
import { useSubscription, type SubscriptionState } from './useSubscription.ts';

/** A table that a component follows. */
export interface FollowedTable {
  /** Named in warnings. */
  readonly hook: string;
  readonly table: string;
  readonly filter?: string | readonly string[] | undefined;
  /** Milliseconds in which the events of one record are told as one. Default: the provider's rate. */
  readonly throttleMs?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly autoReconnect?: boolean | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
}

/** Follows a table while the component is there. Only another table, filter or rate subscribes again. */
export function useFollow(
  options: FollowedTable & { readonly onEvent: (event: ChangeEvent | ResetEvent) => void },
): SubscriptionState {
  const { hook, table, enabled, autoReconnect, onError } = options;
  const latest = useLatest(options);
  const eventsPerSecond = useEventsPerSecond(hook, options.throttleMs);
  const filters = filtersOf(options.filter);
  return useSubscription({
    hook,
    enabled,
    autoReconnect,
    onError,
    key: JSON.stringify([table, filters, eventsPerSecond]),
    open(connection, onStatus) {
      const follower = connection.follow({
        resources: [table],
        filters,
        ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
        onEvent: (event) => latest.current.onEvent(event),
        onStatus,
      });
      return () => follower.close();
    },
  });
}

/** A filter as a list. */
export function filtersOf(filter: string | readonly string[] | undefined): readonly string[] {
  return filter === undefined || filter === '' ? [] : typeof filter === 'string' ? [filter] : filter;
}

/** The rate of a throttle, else the provider's; undefined: as events come. */
export function useEventsPerSecond(hook: string, throttleMs: number | undefined): number | undefined {
  const { eventsPerSecond } = useProvidedConnection(hook);
  return throttleMs === undefined ? eventsPerSecond : throttleMs > 0 ? 1000 / throttleMs : undefined;
}
