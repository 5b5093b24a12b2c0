import { createContext, useContext } from 'react';
import type { Connection } from '../../client/index.ts';
import { warnOnce } from '../warnOnce.ts';

/** What a provider gives to the hooks below it; `connection` is null until the provider's own is made, just after the first render. */
export interface ProvidedConnection {
  readonly connection: Connection | null;
  /** The most events of one record per second for hooks that do not say it themselves; undefined: as they come. */
  readonly eventsPerSecond?: number | undefined;
  /** True: each hook says in the console what becomes of its subscription. */
  readonly debug?: boolean;
  /** True outside of a provider. */
  readonly isOutside?: boolean;
}

/** Holds the connection of a page. */
export const ConnectionContext = createContext<ProvidedConnection | null>(null);

/** What the provider gives; outside of one nothing, and a warning that names the hook. */
export function useProvidedConnection(hook: string): ProvidedConnection {
  const provided = useContext(ConnectionContext);
  if (provided === null)
    warnOnce(`${hook} stands outside of RealtimeSyncProvider and ConnectionManagerProvider: nothing live reaches it.`);
  return provided ?? nothing;
}

const nothing: ProvidedConnection = { connection: null, isOutside: true };
