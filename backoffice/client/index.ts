export { createRealtimeSyncService } from './createRealtimeSyncService.ts';
export type {
  RealtimeSyncService,
  RealtimeSyncServiceOptions,
  SyncOptions,
  SyncResult,
} from './createRealtimeSyncService.ts';
export type { LoadListResult, LoadResult } from './createReader.ts';
export type { SyncRecords } from './syncRecords.ts';
export { realtimeSyncService } from './realtimeSyncService.ts';
export { createLiveChanges, type LiveChanges, type LiveChangesOptions, type LiveStatus } from './createLiveChanges.ts';
export { describeProblem } from './describeProblem.ts';
export { describeSyncState, type Locale, type SyncStateWords } from './describeSyncState.ts';
export { SyncRequestError, type SyncProblem } from './SyncRequestError.ts';
export { idleSyncState, type EntryStatus, type QueueEntry, type SaveMethod, type SyncState } from './syncState.ts';
export type { Clock } from './clock.ts';
export type { Connectivity } from './connectivity.ts';
