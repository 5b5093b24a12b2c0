import { createRealtimeSyncService, describeProblem, SyncRequestError, type SyncResult } from 'backoffice-sync/client';
import { RealtimeSyncIndicator, RealtimeSyncServiceProvider, useRealtimeSync } from 'backoffice-sync/react';

const service = createRealtimeSyncService({ backendUrl: 'https://admin.example.com', coalesceMs: 300 });

/** The form of a page, as the guide shows it. */
export function SettingsForm() {
  const { syncSettings, syncTeam, queueSync, syncing, syncError, lastSyncTime } = useRealtimeSync();
  const save = async (): Promise<void> => {
    try {
      const result: SyncResult = await syncSettings(
        { companyName: 'Example' },
        { preserveFields: ['createdAt'], notifyFrontend: true },
      );
      const [first] = await syncTeam([{ id: 'm1', role: 'CTO' }]);
      await queueSync('/api/services/s1', 'PATCH', { title: result.outcome, first: first?.etag });
    } catch (error) {
      if (error instanceof SyncRequestError) console.error(error.message);
    }
  };
  return (
    <button disabled={syncing} onClick={() => void save()} title={lastSyncTime?.toLocaleString()}>
      {syncError ? describeProblem(syncError, 'en') : 'Save'}
    </button>
  );
}

/** The layout, with the indicator in it. */
export function Layout() {
  return (
    <RealtimeSyncServiceProvider service={service}>
      <RealtimeSyncIndicator />
      <SettingsForm />
    </RealtimeSyncServiceProvider>
  );
}
