import { useCallback, useEffect, useRef } from 'react';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import type { Connection, MessageOptions } from '../../client/index.ts';
import { useProvidedConnection } from './ConnectionContext.ts';
import { isConnected } from './isConnected.ts';
import { useStatusOf } from './useConnectionStatus.ts';

/** What `useConnectionManager` gives; `onMessage` stays the same from render to render. */
export interface UsedConnectionManager {
  readonly isConnected: boolean;
  /** Calls the listener with each message, never only the last; returns how to stop. */
  onMessage(listener: (message: SyncMessage) => void, options?: MessageOptions): () => void;
}

interface Listening {
  start(connection: Connection): void;
  stop(): void;
}

/**
 * The messages of the page.
 *
 * Shape   autoConnect: connects also while nothing is followed. Default true
 */
export function useConnectionManager(options: { readonly autoConnect?: boolean } = {}): UsedConnectionManager {
  const { autoConnect = true } = options;
  const { connection } = useProvidedConnection('useConnectionManager');
  const current = useRef<Connection | null>(null);
  // Kept here, because a page listens in its first effect, and the provider's connection is made after that.
  const all = useRef(new Set<Listening>());
  useEffect(() => {
    current.current = connection;
    if (connection === null) return undefined;
    const listening = all.current;
    for (const one of listening) one.start(connection);
    return () => {
      current.current = null;
      for (const one of listening) one.stop();
    };
  }, [connection]);
  useEffect(() => {
    if (autoConnect) connection?.connect();
  }, [connection, autoConnect]);
  const onMessage = useCallback<UsedConnectionManager['onMessage']>((listener, wants) => {
    let stop = () => {};
    const one: Listening = {
      start: (on) => {
        stop();
        stop = on.onMessage(listener, wants);
      },
      stop: () => stop(),
    };
    all.current.add(one);
    if (current.current !== null) one.start(current.current);
    return () => {
      all.current.delete(one);
      stop();
    };
  }, []);
  return { isConnected: isConnected(useStatusOf(connection)), onMessage };
}
