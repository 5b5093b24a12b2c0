import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { QueueEntry } from '../../client/syncState.ts';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSession, type Session } from '../data/useSession.ts';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { UnsentSaves } from './UnsentSaves.tsx';

/** Ends the session and forgets what was read; asks first when something is not sent. The sign-in screen follows. */
export function SignOutScreen() {
  const { config, live, saves } = usePanelServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const user = useSession().data?.user?.id ?? null;
  const [unsent, setUnsent] = useState<readonly QueueEntry[] | null>(null);
  const signOut = useCallback(async () => {
    setUnsent(null);
    live.stop();
    // Before the session ends: nothing may be sent as the one who comes next.
    await saves.setUser(null);
    // Without an answer the cookie may live on, so the session is asked for again rather than taken as ended.
    const isOver = await requestJson(`${config.backendUrl}/api/auth/logout`, { method: 'POST' }).then(
      () => true,
      () => false,
    );
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    await navigate('/', { replace: true });
    if (isOver) queries.setQueryData<Session>(['session'], { user: null });
    else {
      await saves.setUser(user);
      await queries.invalidateQueries({ queryKey: ['session'] });
    }
  }, [config.backendUrl, live, navigate, queries, saves, user]);
  const ask = useCallback(async () => {
    const pending = user === null ? [] : await (await saves.outbox()).pendingOf(user);
    if (pending.length === 0) await signOut();
    else setUnsent(pending);
    return pending;
  }, [saves, signOut, user]);
  useEffect(() => {
    if (user !== null) void ask();
  }, [ask, user]);
  const discard = async () => {
    if (user !== null) await (await saves.outbox()).clear(user);
    await signOut();
  };
  if (unsent === null) return <LateSkeleton shape="page" />;
  return <UnsentSaves unsent={unsent} onAsk={ask} onKeep={() => void signOut()} onDiscard={() => void discard()} />;
}
