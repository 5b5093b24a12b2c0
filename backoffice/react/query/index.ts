export { RealtimeSyncProvider, type RealtimeSyncProviderProps } from './RealtimeSyncProvider.tsx';
export { useCollaboration, type ActiveUser, type Collaboration } from './useCollaboration.ts';
export { useMutationWithInvalidation, type InvalidatingMutationOptions } from './useMutationWithInvalidation.ts';
export { useNotifications, type Notifications, type UserNotification } from './useNotifications.ts';
export { useRealtimeQuery, type RealtimeQueryOptions } from './useRealtimeQuery.ts';
export {
  createResourceHooks,
  type AnyRow,
  type NewRow,
  type ResourceHooks,
  type ResourceHooksOptions,
  type ResourceList,
  type RowUpdate,
} from './resource/createResourceHooks.ts';
export type { ResourceFilters } from './resource/resourceFilters.ts';
export type { OptimisticOptions, OptimisticResult } from './resource/useOptimisticSave.ts';
