/** What stands between an address and its screen: nobody signed in, or the session that ended meanwhile. */
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSession } from '../data/useSession.ts';
import { dialogHost } from '../feedback/askUser.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { lazyPart } from '../feedback/lazyPart.ts';
import styles from './session.module.css';

const LoginScreen = lazy(async () => ({ default: (await import('./LoginScreen.tsx')).LoginScreen }));
const LoginDialog = lazyPart(async () => (await import('./LoginDialog.tsx')).LoginDialog);
const DialogHost = lazyPart(async () => (await import('../feedback/DialogHost.tsx')).DialogHost);
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
      {session.user === null ? <LoginScreen /> : <Shell key={session.user.id} user={session.user} />}
      {/* Each waits for its own code: one that is still loading would hide the other with what is typed in it. */}
      <Suspense fallback={null}>{isSignInWanted && session.user !== null && <LoginDialog />}</Suspense>
      <Suspense fallback={null}>{isHostWanted && <DialogHost />}</Suspense>
    </Suspense>
  );
}
