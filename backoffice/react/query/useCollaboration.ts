import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { JsonValue } from '../../../shared/json.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import type { SyncProblem } from '../../client/index.ts';
import { useProvidedConnection } from '../live/ConnectionContext.ts';
import { usePresence } from '../live/usePresence.ts';
import { refreshQueries } from './refreshQuery.ts';

/** Somebody who works on the project, once however many tabs are open. */
export interface ActiveUser {
  readonly id: string;
  readonly name: string;
}

/** What `useCollaboration` gives; the function stays the same from render to render. */
export interface Collaboration {
  readonly activeUsers: readonly ActiveUser[];
  /** Why this user may not be in the room; null while he may. */
  readonly problem: SyncProblem | null;
  /** Tells the others that something changed. Rejects with SyncRequestError. */
  broadcastUpdate(payload?: JsonValue): Promise<void>;
  /** For display; null before the first. */
  readonly lastMessage: SyncMessage | null;
}

/** Works together in the room `project:ID`; an update of somebody loads `['project', id]` again. An id of null leaves. */
export function useCollaboration(projectId: string | number | null): Collaboration {
  const client = useQueryClient();
  const { connection } = useProvidedConnection('useCollaboration');
  const room = projectId === null ? null : `project:${projectId}`;
  const { members, problem } = usePresence(room);
  const [lastMessage, setLastMessage] = useState<SyncMessage | null>(null);

  useEffect(() => {
    if (connection === null || room === null) return undefined;
    const refresh = (): void => refreshQueries(client, { queryKey: ['project', projectId] });
    const stop = connection.onMessage(
      (message) => {
        setLastMessage(message);
        if (message.type === 'document_updated') refresh();
      },
      { rooms: [room], onReset: refresh },
    );
    return () => {
      stop();
      setLastMessage(null);
    };
  }, [client, connection, room, projectId]);

  const broadcastUpdate = useCallback(
    async (payload: JsonValue = {}) => {
      if (connection === null || room === null) throw new Error('There is no room to say it in.');
      await connection.send('document_updated', payload, { room });
    },
    [connection, room],
  );
  const activeUsers = useMemo(() => [...new Map(members.map(({ user }) => [user.id, user])).values()], [members]);
  return { activeUsers, problem, broadcastUpdate, lastMessage };
}
