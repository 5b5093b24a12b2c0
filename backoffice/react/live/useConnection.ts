import { useCallback, useMemo } from 'react';
import type { ConnectionStatus } from '../../client/index.ts';
import { useProvidedConnection } from './ConnectionContext.ts';
import { isConnected } from './isConnected.ts';
import { useStatusOf } from './useConnectionStatus.ts';

/** How the page hears of changes, for a sign that says so; `reconnect` stays the same from render to render. */
export interface UsedConnection {
  /** `closed` outside of a provider, and before its connection is made. */
  readonly state: ConnectionStatus['state'];
  /** True while something arrives, by whatever way. */
  readonly isConnected: boolean;
  /** Everything that is known; null outside of a provider, and before its connection is made. */
  readonly status: ConnectionStatus | null;
  /** Tries at once, also after a refusal. */
  readonly reconnect: () => void;
}

/** The connection of the page: live, polling, offline or closed, since when and why, and a way to try again. */
export function useConnection(): UsedConnection {
  const { connection } = useProvidedConnection('useConnection');
  const status = useStatusOf(connection);
  const reconnect = useCallback(() => connection?.reconnect(), [connection]);
  return useMemo(
    () => ({ state: status?.state ?? 'closed', isConnected: isConnected(status), status, reconnect }),
    [reconnect, status],
  );
}
