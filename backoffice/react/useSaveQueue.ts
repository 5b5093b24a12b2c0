import { useMemo } from 'react';
import type { RealtimeSyncService, SyncState } from '../client/index.ts';
import { useRealtimeSyncService } from './RealtimeSyncServiceProvider.tsx';
import { useSyncState } from './useSyncState.ts';

/** The state of the queue, and what a person can do about its entries; the functions stay the same from render to render. */
export type SaveQueueView = SyncState & Pick<RealtimeSyncService, 'retry' | 'discard' | 'resolve'>;

/** What is not saved yet: each entry with its status and reason, whether it survives the page, and how to settle it. */
export function useSaveQueue(options: { readonly service?: RealtimeSyncService } = {}): SaveQueueView {
  const service = useRealtimeSyncService(options.service);
  const state = useSyncState({ service });
  return useMemo(() => {
    const { retry, discard, resolve } = service;
    return { ...state, retry, discard, resolve };
  }, [service, state]);
}
