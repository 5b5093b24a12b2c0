export { useRealtimeSync, type RealtimeSync } from './useRealtimeSync.ts';
export { useSyncState } from './useSyncState.ts';
export { RealtimeSyncServiceProvider } from './RealtimeSyncServiceProvider.tsx';
export { RealtimeSyncIndicator, type RealtimeSyncIndicatorProps } from './RealtimeSyncIndicator.tsx';
