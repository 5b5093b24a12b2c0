import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RealtimeSyncProvider } from 'backoffice-sync/react-query';
import { useState, type ReactElement } from 'react';
import { usePageLanguage } from './PageLanguage.tsx';
import { SignInForm } from './SignInForm.tsx';
import { useSession } from './useSession.tsx';
import { Workspace } from './Workspace.tsx';

const live = ['goals', 'candidates', 'profiles'];

/** The page for whoever is signed in, else the form to sign in with. */
export function SessionGate(): ReactElement {
  const { words } = usePageLanguage();
  const { user, signIn, signOut, ask } = useSession();
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { networkMode: 'always' } } }));
  if (user === 'unknown') return <p className="notice">{words.loading}</p>;
  if (user === 'unreachable')
    return (
      <div className="notice" role="alert">
        <p>{words.signIn.failed}</p>
        <button type="button" onClick={ask}>
          {words.retry}
        </button>
      </div>
    );
  if (user === null) return <SignInForm onSignIn={signIn} />;
  return (
    <QueryClientProvider client={client}>
      <RealtimeSyncProvider liveResources={live}>
        <Workspace user={user} onSignOut={signOut} />
      </RealtimeSyncProvider>
    </QueryClientProvider>
  );
}
