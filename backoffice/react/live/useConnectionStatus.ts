import { useCallback, useSyncExternalStore } from 'react';
import type { Connection, ConnectionStatus } from '../../client/index.ts';
import { useProvidedConnection } from './ConnectionContext.ts';

/** How the page hears of changes; null outside of a provider, and before its connection is made. */
export function useConnectionStatus(): ConnectionStatus | null {
  return useStatusOf(useProvidedConnection('useConnectionStatus').connection);
}

/** The status of a connection; renders again when it changes. */
export function useStatusOf(connection: Connection | null): ConnectionStatus | null {
  return useSyncExternalStore(
    useCallback((listener: () => void) => connection?.onStatus(listener) ?? (() => undefined), [connection]),
    () => connection?.getStatus() ?? null,
    () => null,
  );
}
