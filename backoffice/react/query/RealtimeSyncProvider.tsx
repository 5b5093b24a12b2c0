import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useContext, useEffect, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { isJsonObject } from '../../../shared/json.ts';
import type { Connection, ConnectionOptions } from '../../client/index.ts';
import { ConnectionContext } from '../live/ConnectionContext.ts';
import { useOwnConnection } from '../live/useOwnConnection.ts';
import { usePauseWhenHidden } from '../live/usePauseWhenHidden.ts';
import { useRealtimeSyncService } from '../RealtimeSyncServiceProvider.tsx';
import { tellDeveloper } from '../tellDeveloper.ts';
import { warnOnce } from '../warnOnce.ts';
import { refreshLive } from './refreshLive.ts';

/** What the provider can be told; nothing is needed. */
export interface RealtimeSyncProviderProps {
  /** Default: the one of a ConnectionManagerProvider around it, else one of its own, made with `options`. */
  readonly connection?: Connection;
  /** Of the connection that it makes itself. Default: the backend of the same origin. */
  readonly options?: ConnectionOptions;
  /** Names of the resources whose queries are loaded again. Default: all that the user may read; a visitor has to be told. */
  readonly liveResources?: readonly string[];
  /** How often a query is loaded again at most, and how many events of one record come in a second. Default 10. */
  readonly eventsPerSecond?: number;
  /** True: a hidden tab lets go of the server and goes on from its place when it is seen. Default false. */
  readonly pauseWhenHidden?: boolean;
  /** True: says in the console what becomes of each subscription, and what a connection does that it makes itself. Default false. */
  readonly debug?: boolean;
  readonly children?: ReactNode;
}

/**
 * Switches live data on for everything inside. It stands inside of QueryClientProvider.
 *
 * Shape   a change of `goals` loads the queries again whose key begins with `goals`: `['goals']`, `['goals', id]`,
 *         `['goals', filters]`
 */
export function RealtimeSyncProvider(props: RealtimeSyncProviderProps): ReactElement {
  const { connection: given, options = {}, eventsPerSecond = 10, debug = false } = props;
  const client = useQueryClient();
  const outer = useContext(ConnectionContext);
  const ownOptions = debug ? { debug: tellDeveloper, ...options } : options;
  const own = useOwnConnection(given === undefined && outer === null ? ownOptions : null);
  const connection = given ?? outer?.connection ?? own;
  usePauseWhenHidden(connection, props.pauseWhenHidden === true);
  const resources = useLiveResources(props.liveResources);
  useLiveQueries(client, connection, resources, eventsPerSecond);
  const value = useMemo(() => ({ connection, eventsPerSecond, debug }), [connection, eventsPerSecond, debug]);
  return <ConnectionContext.Provider value={value}>{props.children}</ConnectionContext.Provider>;
}

function useLiveQueries(
  client: QueryClient,
  connection: Connection | null,
  resources: string | null,
  eventsPerSecond: number,
): void {
  useEffect(() => {
    if (connection === null || resources === null) return undefined;
    return refreshLive({
      client,
      connection,
      resources: JSON.parse(resources) as readonly string[],
      eventsPerSecond,
    });
  }, [client, connection, resources, eventsPerSecond]);
}

/** The names as one text, which stays the same when they do; null while they are not known. */
function useLiveResources(given: readonly string[] | undefined): string | null {
  const service = useRealtimeSyncService();
  const [readable, setReadable] = useState<string | null>(null);
  const isGiven = given !== undefined;
  useEffect(() => {
    if (isGiven) return undefined;
    let isGone = false;
    service.load('/api/sync/configuration').then(
      ({ record }) => {
        const list = Array.isArray(record['resources']) ? record['resources'] : [];
        const names = list.filter(isJsonObject).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
        if (!isGone) setReadable(JSON.stringify(names));
      },
      (error: unknown) => {
        // The page works without; what it lacks is said where a developer looks.
        warnOnce(
          `RealtimeSyncProvider does not know what is live (${error instanceof Error ? error.message : String(error)}). Name it: liveResources={['goals']}.`,
        );
      },
    );
    return () => {
      isGone = true;
    };
  }, [isGiven, service]);
  return isGiven ? JSON.stringify(given) : readable;
}
