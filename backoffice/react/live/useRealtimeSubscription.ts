import type { JsonObject } from '../../../shared/json.ts';
import type { ResetEvent } from '../../../shared/protocol/events.ts';
import { toRealtimePayload, type DeletePayload, type InsertPayload, type UpdatePayload } from './realtimePayload.ts';
import { useExplainedSilence } from './useExplainedSilence.ts';
import { useFollow, type FollowedTable } from './useFollow.ts';
import type { SubscriptionState } from './useSubscription.ts';

/** What is subscribed to, and who is told. Callbacks may be written inline. */
export interface RealtimeSubscriptionOptions<Row = JsonObject> {
  /** The name of a resource. */
  readonly table: string;
  /** Such as `organization_id=eq.org-1`; several have to hold together. Default: all that the user may read. */
  readonly filter?: string | readonly string[];
  readonly onInsert?: (payload: InsertPayload<Row>) => void;
  readonly onUpdate?: (payload: UpdatePayload<Row>) => void;
  readonly onDelete?: (payload: DeletePayload<Row>) => void;
  /** The server refuses it, or the filter cannot be read. */
  readonly onError?: (error: Error) => void;
  /** Something was missed, or somebody asked for it: load again. */
  readonly onReset?: (event: ResetEvent) => void;
  /** Milliseconds in which the changes of one record are told as one, with the last state. Default: the provider's rate. */
  readonly throttleMs?: number;
  /** False: a cut ends the subscription. Default true: it goes on from where it was. */
  readonly autoReconnect?: boolean;
  /** True: says in the console why an event comes or does not come. Default false. */
  readonly debug?: boolean;
  /** False leaves the channel. Default true. */
  readonly enabled?: boolean;
}

/** Calls back for each change of a table. */
export function useRealtimeSubscription<Row = JsonObject>(
  options: RealtimeSubscriptionOptions<Row>,
): SubscriptionState {
  const { table, filter, throttleMs, autoReconnect, enabled, onError, debug = false } = options;
  const followed: FollowedTable = {
    hook: 'useRealtimeSubscription',
    table,
    filter,
    throttleMs,
    autoReconnect,
    enabled,
    onError,
  };
  const state = useFollow({
    ...followed,
    onEvent(event) {
      if (event.type === 'reset') return options.onReset?.(event);
      const payload = toRealtimePayload<Row>(event.change);
      switch (payload.eventType) {
        case 'INSERT':
          return options.onInsert?.(payload);
        case 'UPDATE':
          return options.onUpdate?.(payload);
        case 'DELETE':
          return options.onDelete?.(payload);
      }
    },
  });
  useExplainedSilence(followed, state, debug);
  return state;
}
