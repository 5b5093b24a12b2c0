import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { requestJson } from './requestJson.ts';
import { usePanelServices } from './usePanelServices.ts';

/** Who is signed in. */
export interface SessionUser {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** The session as the server sees it; `user` is null for a visitor. */
export interface Session {
  readonly user: SessionUser | null;
}

/** Reads the session once; signing in and out write it. */
export function useSession(): UseQueryResult<Session> {
  const { config } = usePanelServices();
  return useQuery({
    queryKey: ['session'],
    queryFn: async () => (await requestJson(`${config.backendUrl}/api/auth/session`)) as Session,
    staleTime: Infinity,
  });
}
