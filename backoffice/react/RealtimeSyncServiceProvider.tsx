import { createContext, useContext, type ReactElement, type ReactNode } from 'react';
import { realtimeSyncService, type RealtimeSyncService } from '../client/index.ts';

const ServiceContext = createContext<RealtimeSyncService | null>(null);

/** Gives the hooks below it another save queue than the default one: for a backend on another origin, or a test. */
export function RealtimeSyncServiceProvider(props: {
  readonly service: RealtimeSyncService;
  readonly children: ReactNode;
}): ReactElement {
  // Not `<ServiceContext>`: to React 18 that is a consumer.
  return <ServiceContext.Provider value={props.service}>{props.children}</ServiceContext.Provider>;
}

/** The save queue of a component: the given one, else the provider's, else the default one of the page. */
export function useRealtimeSyncService(given?: RealtimeSyncService): RealtimeSyncService {
  const provided = useContext(ServiceContext);
  return given ?? provided ?? realtimeSyncService;
}
