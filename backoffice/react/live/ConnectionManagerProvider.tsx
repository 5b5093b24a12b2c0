import { useMemo, type ReactElement, type ReactNode } from 'react';
import { getConnectionManager, type ConnectionManager, type ConnectionOptions } from '../../client/index.ts';
import { useLatest } from '../useLatest.ts';
import { ConnectionContext } from './ConnectionContext.ts';
import { usePauseWhenHidden } from './usePauseWhenHidden.ts';

/** What the provider can be told; nothing is needed. */
export interface ConnectionManagerProviderProps {
  /** Default: the one of the page for `options`. */
  readonly manager?: ConnectionManager;
  /** Default: the backend of the same origin. Counts when the manager for these addresses is made. */
  readonly options?: ConnectionOptions;
  /** The most events of one record per second for the hooks below. Default: as they come. */
  readonly eventsPerSecond?: number;
  /** True: a hidden tab lets go of the server and goes on from its place when it is seen. Default false. */
  readonly pauseWhenHidden?: boolean;
  readonly children?: ReactNode;
}

/** Gives the hooks below it the connection manager of the page. */
export function ConnectionManagerProvider(props: ConnectionManagerProviderProps): ReactElement {
  const { eventsPerSecond, manager: given, options = {} } = props;
  const latest = useLatest(options);
  const { backendUrl, websocketUrl, pollingUrl } = options;
  // The manager of an address is one per page, so that nobody has to close it.
  const manager = useMemo(
    () => given ?? getConnectionManager({ ...latest.current, ...addresses({ backendUrl, websocketUrl, pollingUrl }) }),
    [given, backendUrl, websocketUrl, pollingUrl, latest],
  );
  usePauseWhenHidden(manager.connection, props.pauseWhenHidden === true);
  const value = useMemo(() => ({ connection: manager.connection, eventsPerSecond }), [manager, eventsPerSecond]);
  return <ConnectionContext.Provider value={value}>{props.children}</ConnectionContext.Provider>;
}

/** The addresses that were given: one that is undefined would take the place of one that is not. */
function addresses(all: Readonly<Record<string, string | undefined>>): ConnectionOptions {
  return Object.fromEntries(Object.entries(all).filter(([, address]) => address !== undefined));
}
