import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { notificationReadType } from '../../../shared/protocol/messages.ts';
import { useProvidedConnection } from '../live/ConnectionContext.ts';
import { useRealtimeSyncService } from '../RealtimeSyncServiceProvider.tsx';
import { useLatest } from '../useLatest.ts';
import { beganBefore, trackFetches, whenPlaced } from './trackFetches.ts';
import { refreshQueries } from './refreshQuery.ts';

/** One notification of the signed-in user; times are ISO 8601 in UTC. */
export interface UserNotification {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly type: 'info' | 'success' | 'warning' | 'error';
  readonly createdAt: string;
  /** Null while it is unread. */
  readonly readAt: string | null;
}

/** What `useNotifications` gives; the functions stay the same from render to render. */
export interface Notifications {
  /** Newest first. */
  readonly notifications: readonly UserNotification[];
  /** How many are unread in all. */
  readonly unread: number;
  readonly isLoading: boolean;
  readonly error: Error | null;
  /** Errors  rejects with SyncRequestError */
  markRead(id: string): Promise<void>;
  markAllRead(): Promise<void>;
}

const queryKey = ['notifications'];

/** The stored notifications of the user, live. `onNotification` is told of each new one; the toast is the page's. */
export function useNotifications(
  options: { readonly onNotification?: (notification: Omit<UserNotification, 'readAt'>) => void } = {},
): Notifications {
  const client = useQueryClient();
  const service = useRealtimeSyncService();
  const { connection } = useProvidedConnection('useNotifications');
  const latest = useLatest(options);
  const { data, isLoading, error } = useQuery({
    queryKey,
    queryFn: async () => {
      const { record } = await service.load('/api/notifications');
      return record as unknown as { readonly notifications: readonly UserNotification[]; readonly unread: number };
    },
  });

  useEffect(() => {
    if (connection === null) return undefined;
    trackFetches(client);
    const refresh = (): void => refreshQueries(client, { queryKey });
    const stop = connection.onMessage(
      ({ type, payload }) => {
        refresh();
        if (type === 'notification')
          latest.current.onNotification?.(payload as unknown as Omit<UserNotification, 'readAt'>);
      },
      { types: ['notification', notificationReadType], onReset: refresh },
    );
    // One may have come between the first load and the connection.
    const stopWaiting = whenPlaced(connection, () =>
      refreshQueries(client, { queryKey, predicate: (query) => beganBefore(query, connection) }),
    );
    return () => {
      stop();
      stopWaiting();
    };
  }, [client, connection, latest]);

  const mark = useCallback(
    async (path: string) => {
      await service.sync(path, 'POST');
      refreshQueries(client, { queryKey });
    },
    [client, service],
  );
  const markRead = useCallback((id: string) => mark(`/api/notifications/${encodeURIComponent(id)}/read`), [mark]);
  const markAllRead = useCallback(() => mark('/api/notifications/read-all'), [mark]);
  return {
    notifications: data?.notifications ?? none,
    unread: data?.unread ?? 0,
    isLoading,
    error,
    markRead,
    markAllRead,
  };
}

const none: readonly UserNotification[] = [];
