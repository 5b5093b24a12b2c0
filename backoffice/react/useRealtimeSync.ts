import { useMemo } from 'react';
import type { RealtimeSyncService, SyncProblem, SyncRecords } from '../client/index.ts';
import { useRealtimeSyncService } from './RealtimeSyncServiceProvider.tsx';
import { useSyncState } from './useSyncState.ts';

/** What `useRealtimeSync` gives; the functions stay the same from render to render. */
export interface RealtimeSync {
  readonly syncSettings: RealtimeSyncService['syncSettings'];
  readonly syncTeam: SyncRecords;
  readonly syncServices: SyncRecords;
  readonly syncSolutions: SyncRecords;
  readonly sync: RealtimeSyncService['sync'];
  readonly queueSync: RealtimeSyncService['queueSync'];
  readonly syncing: boolean;
  readonly syncError: SyncProblem | null;
  readonly lastSyncTime: Date | null;
}

/** Saves, and how the saves of this page are doing. */
export function useRealtimeSync(options: { readonly service?: RealtimeSyncService } = {}): RealtimeSync {
  const service = useRealtimeSyncService(options.service);
  const { syncing, syncError, lastSyncTime } = useSyncState({ service });
  return useMemo(() => {
    const { syncSettings, syncTeam, syncServices, syncSolutions, sync, queueSync } = service;
    return { syncSettings, syncTeam, syncServices, syncSolutions, sync, queueSync, syncing, syncError, lastSyncTime };
  }, [service, syncing, syncError, lastSyncTime]);
}
