import { useCallback, useEffect, useState } from 'react';

/** Who is signed in. */
export interface SignedIn {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** Where the session is: `unknown` while the server is asked, `unreachable` when it did not answer. */
export type SessionState = 'unknown' | 'unreachable' | SignedIn | null;

/** Why a sign-in was refused. */
export type SignInFault = 'refused' | 'tooMany' | 'failed';

/** The session of the page. */
export interface UsedSession {
  readonly user: SessionState;
  /** Null when it worked. */
  readonly signIn: (username: string, password: string) => Promise<SignInFault | null>;
  readonly signOut: () => Promise<void>;
  readonly ask: () => void;
}

/** Asks who is signed in, signs in and out: the same session as the panel's. */
export function useSession(): UsedSession {
  const [user, setUser] = useState<SessionState>('unknown');
  const ask = useCallback(() => {
    setUser('unknown');
    readSession().then(setUser, () => setUser('unreachable'));
  }, []);
  useEffect(ask, [ask]);
  const signIn = useCallback(async (username: string, password: string): Promise<SignInFault | null> => {
    try {
      const response = await fetch('/api/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      if (response.status === 429) return 'tooMany';
      if (response.status >= 500) return 'failed';
      if (!response.ok) return 'refused';
      setUser(((await response.json()) as { user: SignedIn }).user);
      return null;
    } catch {
      return 'failed'; // No network; the form says so and keeps what was typed.
    }
  }, []);
  const signOut = useCallback(async () => {
    await fetch('/api/auth/logout', { method: 'POST' });
    // A new page: nothing of this user stays in memory.
    location.reload();
  }, []);
  return { user, signIn, signOut, ask };
}

async function readSession(): Promise<SignedIn | null> {
  const response = await fetch('/api/auth/session');
  if (!response.ok) throw new Error(`The session could not be read (${response.status}).`);
  return ((await response.json()) as { user: SignedIn | null }).user;
}
