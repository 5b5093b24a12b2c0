/** The frame around every screen: navigation, connection, user, and the indicator of saves. */
import { Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router-dom';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { SessionUser } from '../data/useSession.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { dialogHost } from '../feedback/askUser.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { lazyPart } from '../feedback/lazyPart.ts';
import { ConnectionState } from './ConnectionState.tsx';
import { Navigation } from './Navigation.tsx';
import { UserMenu } from './UserMenu.tsx';
import styles from './shell.module.css';

const SavesIndicator = lazyPart(async () => (await import('./SavesIndicator.tsx')).SavesIndicator);
const NavigationDrawer = lazyPart(async () => (await import('./NavigationDrawer.tsx')).NavigationDrawer);

/** Long enough for the first screen to be there, short enough to be ready for the first question. */
const IDLE_MS = 1500;

/** Draws the frame for the person who is signed in, and follows the resources while it stands. */
export function Shell({ user }: { readonly user: SessionUser }) {
  const { t } = useTranslation();
  const { live, config } = usePanelServices();
  const { data: workspace, error, refetch } = useWorkspace();
  const [drawer, setDrawer] = useState<'never' | 'open' | 'closed'>('never');
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    if (workspace === undefined) return;
    const names = workspace.resources.map((resource) => resource.name);
    live.start(names, workspace.cursor);
  }, [live, workspace]);
  useEffect(() => live.stop, [live]);
  useEffect(() => {
    // Dialogs are fetched while nobody waits for them: the question before leaving has to work offline too.
    const timer = setTimeout(dialogHost.want, IDLE_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className={styles.shell}>
      {/* Not an anchor: with a base address "#main" would lead to another page. */}
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        {t('shell.skip')}
      </button>
      <div className={styles.side}>
        <Navigation />
      </div>
      <div className={styles.column}>
        {/* Not a header: a dialog has one, and a page has only one banner. */}
        <section aria-label={t('shell.bar')} className={styles.top}>
          <button
            type="button"
            className={styles.burger}
            aria-label={t('shell.openMenu')}
            onClick={() => setDrawer('open')}
          >
            <span aria-hidden className={styles.burgerLines} />
          </button>
          <span className={styles.topTitle}>{config.title}</span>
          <div className={styles.topEnd}>
            <ConnectionState />
            <UserMenu user={user} />
          </div>
        </section>
        <main ref={main} tabIndex={-1} className={styles.main}>
          {workspace !== undefined && (
            <Suspense fallback={<LateSkeleton shape="form" />}>
              <Outlet />
            </Suspense>
          )}
          {workspace === undefined && error === null && <LateSkeleton shape="form" />}
          {workspace === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
        </main>
      </div>
      {drawer !== 'never' && (
        <Suspense fallback={null}>
          <NavigationDrawer isOpen={drawer === 'open'} onClose={() => setDrawer('closed')} />
        </Suspense>
      )}
      <div className={styles.indicator}>
        <Suspense fallback={null}>
          <SavesIndicator />
        </Suspense>
      </div>
    </div>
  );
}
