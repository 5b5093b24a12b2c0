/** What stands between an address and its screen: nobody signed in, or the session that ended meanwhile. */
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSession } from '../data/useSession.ts';
import { dialogHost } from '../feedback/dialogHost.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import styles from './session.module.css';

const LoginScreen = lazy(async () => ({ default: (await import('./LoginScreen.tsx')).LoginScreen }));
const LoginDialog = lazy(async () => ({ default: (await import('./LoginDialog.tsx')).LoginDialog }));
const DialogHost = lazy(async () => ({ default: (await import('../feedback/DialogHost.tsx')).DialogHost }));
const Shell = lazy(async () => ({ default: (await import('../shell/Shell.tsx')).Shell }));

/** Shows the sign-in screen, or the shell with the sign-in dialog over it when that is asked for. */
export function SessionGate() {
  const { signIn } = usePanelServices();
  const { data: session, error, refetch } = useSession();
  const isSignInWanted = useSyncExternalStore(signIn.subscribe, signIn.isWanted);
  const isHostWanted = useSyncExternalStore(dialogHost.subscribe, dialogHost.isWanted);
  if (session === undefined) {
    if (error === null) return <LateSkeleton shape="page" />;
    return (
      <main className={styles.screen}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return (
    <Suspense fallback={<LateSkeleton shape="page" />}>
      {session.user === null ? <LoginScreen /> : <Shell user={session.user} />}
      <Suspense fallback={null}>
        {isSignInWanted && session.user !== null && <LoginDialog />}
        {isHostWanted && <DialogHost />}
      </Suspense>
    </Suspense>
  );
}
