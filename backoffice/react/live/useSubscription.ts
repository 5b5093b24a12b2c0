import { useEffect, useState } from 'react';
import { SyncRequestError, type Connection, type ConnectionStatus } from '../../client/index.ts';
import { tellDeveloper } from '../tellDeveloper.ts';
import { useLatest } from '../useLatest.ts';
import { useProvidedConnection } from './ConnectionContext.ts';
import { isConnected } from './isConnected.ts';

/**
 * Where a subscription is.
 *
 *   connecting ──► subscribed ──► connecting (cut; it goes on from its place)
 *       │               └───────► closed     (enabled: false, disconnected, or cut with autoReconnect: false)
 *       └──► error (refused, or a filter that cannot be read)
 */
export type SubscriptionStatus = 'connecting' | 'subscribed' | 'error' | 'closed';

/** The state of a subscription; `error` also says why it is not subscribed yet. */
export interface SubscriptionState {
  readonly status: SubscriptionStatus;
  readonly error: Error | null;
}

/** A subscription that a component wants. */
export interface SubscriptionWish {
  /** Named in warnings. */
  readonly hook: string;
  /** Another text opens another subscription. */
  readonly key: string;
  readonly enabled?: boolean | undefined;
  readonly autoReconnect?: boolean | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
  /** Opens it; returns how to close it. */
  open(connection: Connection, onStatus: (status: ConnectionStatus) => void): () => void;
}

/** Keeps a subscription open while the component is there. */
export function useSubscription(wish: SubscriptionWish): SubscriptionState {
  const { key, enabled = true, autoReconnect = true } = wish;
  const { connection, debug = false } = useProvidedConnection(wish.hook);
  const latest = useLatest(wish);
  const [state, setState] = useState<SubscriptionState>(enabled ? connecting : closed);

  useEffect(() => {
    if (!enabled || connection === null) {
      setState(enabled ? connecting : closed);
      return undefined;
    }
    let close = () => {};
    let isOver = false;
    let isRefused = false;
    let wasSubscribed = false;
    const enter = (next: SubscriptionState): void => {
      if (next.status === 'error' && next.error !== null) latest.current.onError?.(next.error);
      setState((before) => (before.status === next.status && before.error === next.error ? before : next));
    };
    const read = (status: ConnectionStatus): void => {
      if (isOver) return;
      // The server refused this and carries on with the rest: what the connection says later is about the others.
      const isAllClosed = connection.getStatus().state === 'closed';
      const wasRefused = isRefused;
      isRefused = !isAllClosed && (isRefused || status.state === 'closed');
      if (isRefused && wasRefused) return;
      if (wasSubscribed && !autoReconnect && !isConnected(status)) {
        isOver = true;
        close();
        return enter({ ...closed, error: errorOf(status) });
      }
      wasSubscribed ||= isConnected(status);
      enter(toState(status));
    };
    try {
      close = latest.current.open(connection, read);
    } catch (error) {
      // A filter that cannot be read: said as a status, because a throw in an effect would empty the page.
      enter({ status: 'error', error: error instanceof Error ? error : new Error(String(error)) });
      return undefined;
    }
    read(connection.getStatus());
    return () => {
      isOver = true;
      close();
    };
  }, [connection, enabled, key, autoReconnect, latest]);
  const { hook } = wish;
  const reason = state.error?.message;
  useEffect(() => {
    if (debug) tellDeveloper(`${hook} is ${state.status}${reason === undefined ? '' : `: ${reason}`}`);
  }, [debug, hook, state.status, reason]);
  return state;
}

const connecting: SubscriptionState = { status: 'connecting', error: null };
const closed: SubscriptionState = { status: 'closed', error: null };

function toState(status: ConnectionStatus): SubscriptionState {
  if (isConnected(status)) return { status: 'subscribed', error: null };
  const error = errorOf(status);
  if (status.state === 'closed') return error === null ? closed : { status: 'error', error };
  return { status: 'connecting', error };
}

function errorOf({ problem }: ConnectionStatus): Error | null {
  return problem === undefined ? null : new SyncRequestError(problem);
}
