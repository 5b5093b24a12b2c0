import { useSyncExternalStore } from 'react';
import { idleSyncState, type RealtimeSyncService, type SyncState } from '../client/index.ts';
import { useRealtimeSyncService } from './RealtimeSyncServiceProvider.tsx';

/** The whole state of the save queue; renders again when it changes. */
export function useSyncState(options: { readonly service?: RealtimeSyncService } = {}): SyncState {
  const service = useRealtimeSyncService(options.service);
  return useSyncExternalStore(service.subscribe, service.getState, () => idleSyncState);
}
