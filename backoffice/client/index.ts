export { createRealtimeSyncService } from './createRealtimeSyncService.ts';
export type {
  RealtimeSyncService,
  RealtimeSyncServiceOptions,
  SyncOptions,
  SyncResult,
} from './createRealtimeSyncService.ts';
export type { LoadListResult, LoadResult } from './createReader.ts';
export { createResourceForm, type ResourceForm, type ResourceFormState } from './createResourceForm.ts';
export type { SyncRecords } from './syncRecords.ts';
export { createOutbox, type OutboxOptions } from './outbox/createOutbox.ts';
export type { Outbox } from './outbox/outbox.ts';
export type { OutboxContent, OutboxEdit, OutboxSession, OutboxStore } from './outbox/outboxStore.ts';
export type { OutboxLine } from './outbox/outboxLine.ts';
export type { Tabs } from './outbox/tabs.ts';
export { realtimeSyncService } from './realtimeSyncService.ts';
export { createLiveChanges, type LiveChanges, type LiveChangesOptions, type LiveStatus } from './createLiveChanges.ts';
export { createConnection, type Connection } from './connection/createConnection.ts';
export type { ConnectionOptions } from './connection/connectionOptions.ts';
export type { ConnectionStatus } from './connection/connectionStatus.ts';
export type { Follower, FollowOptions, FollowWants } from './connection/createFollower.ts';
export type { Presence } from './connection/createPresence.ts';
export type { MessageOptions } from './connection/listenToMessages.ts';
export { ConnectionManager, getConnectionManager } from './connection/getConnectionManager.ts';
export type { ChangeEvent, ResetEvent } from '../../shared/protocol/events.ts';
export type { SyncMessage } from '../../shared/protocol/messages.ts';
export type { PresenceMember } from '../../shared/protocol/presence.ts';
export type { TransportName } from './connection/transport.ts';
export { describeProblem } from './describeProblem.ts';
export { describeSyncState, type Locale, type SyncStateWords } from './describeSyncState.ts';
export { SyncRequestError, type SyncProblem } from './SyncRequestError.ts';
export { idleSyncState, type EntryStatus, type QueueEntry, type SaveMethod, type SyncState } from './syncState.ts';
export type { Clock } from './clock.ts';
export type { Connectivity } from './connectivity.ts';
