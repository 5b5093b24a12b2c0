import { useEffect, useState } from 'react';
import { createConnection, type Connection, type ConnectionOptions } from '../../client/index.ts';
import { useLatest } from '../useLatest.ts';

/**
 * Makes a connection that lives as long as the component; null options make none.
 *
 * It is made in an effect, not while rendering: what a discarded render makes nobody could close again. Options written
 * inline do not make another one; another address or token does.
 */
export function useOwnConnection(options: ConnectionOptions | null): Connection | null {
  const [connection, setConnection] = useState<Connection | null>(null);
  const latest = useLatest(options);
  const key = options === null ? null : keyOf(options);
  useEffect(() => {
    if (key === null || latest.current === null) return undefined;
    const made = createConnection(latest.current);
    setConnection(made);
    return () => {
      setConnection(null);
      made.close();
    };
  }, [key, latest]);
  return connection;
}

function keyOf(options: ConnectionOptions): string {
  const { backendUrl, websocketUrl, pollingUrl, pollingInterval, maxReconnectAttempts, connectionTimeout } = options;
  const { transports, token } = options;
  return JSON.stringify([
    backendUrl,
    websocketUrl,
    pollingUrl,
    pollingInterval,
    maxReconnectAttempts,
    connectionTimeout,
    transports,
    token,
  ]);
}
