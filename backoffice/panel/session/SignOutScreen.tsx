import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNavigate } from 'react-router-dom';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { Session } from '../data/useSession.ts';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';

/** Ends the session and forgets what was read; the sign-in screen follows. */
export function SignOutScreen() {
  const { config, live } = usePanelServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  useEffect(() => {
    const signOut = async () => {
      live.stop();
      // Without an answer the cookie may live on, so the session is asked for again rather than taken as ended.
      const isOver = await requestJson(`${config.backendUrl}/api/auth/logout`, { method: 'POST' }).then(
        () => true,
        () => false,
      );
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
      await navigate('/', { replace: true });
      if (isOver) queries.setQueryData<Session>(['session'], { user: null });
      else await queries.invalidateQueries({ queryKey: ['session'] });
    };
    void signOut();
  }, [config.backendUrl, live, navigate, queries]);
  return <LateSkeleton shape="page" />;
}
