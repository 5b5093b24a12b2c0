/** Asks before unsaved work is left behind, inside the panel and at the tab. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useBlocker } from 'react-router-dom';
import { askUser } from '../feedback/askUser.ts';

/** `mayLeave` is asked at the moment of leaving, so that a save that has just ended counts. */
export function useLeaveGuard(mayLeave: () => boolean): void {
  const { t } = useTranslation();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname && !mayLeave(),
  );
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    void askUser({
      title: t('leave.title'),
      body: t('leave.body'),
      confirm: t('leave.confirm'),
      cancel: t('leave.cancel'),
      isFinal: true,
    }).then((leaves) => (leaves ? blocker.proceed() : blocker.reset()));
    // Asked once per attempt: the blocker is another object with each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [blocker.state]);
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!mayLeave()) event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [mayLeave]);
}
