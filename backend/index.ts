/** The door `backoffice-sync`: everything for an Express application. */
export { createSync, type Sync, type SyncOptions } from './createSync.ts';
export type { User, Action, PermissionOptions } from './auth/permissions.ts';
export type { FirstAccount } from './auth/firstAccounts.ts';
export {
  smartMerge,
  smartMerge as smartMergeMiddleware,
  type SmartMerge,
  type SmartMergeOptions,
} from './middleware/smartMerge.ts';
export { syncEtag } from './middleware/syncEtag.ts';
export type { MergeRoute } from './middleware/mergeRoute.ts';
export {
  validateChanges,
  validateChanges as validateChangesMiddleware,
  type ValidateOptions,
} from './middleware/validateChanges.ts';
export {
  notifyFrontend,
  notifyFrontend as notifyFrontendMiddleware,
  type NotifyOptions,
  type NotifyRoute,
} from './middleware/notifyFrontend.ts';
export {
  createMessageQueueService,
  createMessageQueueService as MessageQueueService,
  type MessageQueue,
  type MessageQueueOptions,
  type MessageQueueStats,
} from './messages/messageQueueService.ts';
export type { MessageDeclarations } from './messages/messageTypes.ts';
export type {
  EmitOptions,
  MessageAudience,
  RealtimeStats,
  RealtimeSyncService,
} from './messages/realtimeSyncService.ts';
export type { PublishedEvent, PublishedEvents, Publishing } from './messages/publishing.ts';
export type { Notification, NotificationDraft, NotificationPage } from './messages/createNotifications.ts';
export {
  createServiceCache,
  type CacheGetOptions,
  type CacheStats,
  type ServiceCache,
  type ServiceCacheOptions,
} from './readers/cache/createServiceCache.ts';
export { createCachePrefix, type CachePrefixes } from './readers/cache/createCachePrefix.ts';
export { CacheTTL } from './readers/cache/cacheTtl.ts';
export type { CacheLookup, CacheStore } from './readers/cache/cacheStore.ts';
export { memoryCacheStore, type MemoryCacheOptions } from './readers/cache/memoryCacheStore.ts';
export { redisCacheStore, type RedisCacheOptions } from './readers/cache/redisCacheStore.ts';
export type { RedisOptions } from './redis/limitStores.ts';
export type { RedisClient } from './redis/redisSender.ts';
export {
  createCachePolicy,
  type CacheConfiguration,
  type CachePolicy,
  type LiveResources,
} from './readers/cache/createCachePolicy.ts';
export { cacheHeaders } from './readers/cache/cacheHeaders.ts';
export { problemHandler } from './middleware/problemHandler.ts';
export type { MergeInfo } from './middleware/mergeState.ts';
export { defineResource, type FieldOptions, type Resource, type ResourceOptions } from './records/defineResource.ts';
export {
  defaultFieldClasses,
  type FieldClasses,
  type ServerField,
  type ServerFieldContext,
} from './records/fieldClasses.ts';
export type { StandardSchema } from './records/standardSchema.ts';
export type { AppendOptions, AppendRequest } from './records/append.ts';
export type { CapturedOptions, RecordOfRow } from './records/capturedRows.ts';
export type { ServerRecords, ServerSaveOptions } from './records/serverRecords.ts';
export type { IncrementResult } from './records/counters/createCounters.ts';
export type { SaveResult } from './records/saveRequest.ts';
export type { PanelOptions } from './panel.ts';
export { defineUsers, type UsersOptions } from './inbound/defineUsers.ts';
export { signedSource } from './inbound/signedSource.ts';
export type { InboundOptions } from './inbound/inboundOptions.ts';
export type {
  IdentityEvent,
  IdentityFields,
  IdentitySource,
  SourceCall,
  SourceMessage,
} from './inbound/identitySource.ts';
export type { ReconcileChange, ReconcileOptions, ReconcileResult } from './inbound/reconcileUsers.ts';
export type { Logger } from './logger.ts';
export { lowdbStore } from './stores/lowdb/lowdbStore.ts';
export type { LowdbStoreOptions } from './stores/lowdb/lowdbOptions.ts';
export { postgresStore, type PostgresStoreOptions } from './stores/postgres/postgresStore.ts';
export type { RowSecurity } from './stores/postgres/rowSecurity.ts';
export type { Store, StateStore, Write, CommitOutcome, Staging, TransactionClient } from './stores/store.ts';
export type { ChangeLog, LogPage } from './log/changeLog.ts';
export type { ChangeEntry, LogEntry } from './log/entry.ts';
export { advance, type StoredRecord } from './log/advance.ts';
export { checkWrite, findForbiddenText } from './stores/checkWrite.ts';
export { foundations, isUnfounded } from './stores/foundations.ts';
export { SyncError, type Problem } from '../shared/problem.ts';
export type { ErrorCode } from '../shared/errors.ts';
export type { Change, Actor, Operation } from '../shared/change.ts';
export type { Receipt, Conflict, FieldReceipt } from '../shared/receipt.ts';
