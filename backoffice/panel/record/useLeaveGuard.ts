/** Asks before unsaved work is left behind, inside the panel and at the tab. */
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useBlocker } from 'react-router-dom';
import { askUser } from '../feedback/askUser.ts';

/**
 * What of a screen is not stored.
 *
 *   nothing    it may be left: there is nothing, or the queue keeps all of it and sends it, whatever becomes of the page
 *   kept       all of it is in the queue, and comes back should it be refused; only closing the tab loses it
 *   waiting    all of it is in the queue, and is lost should it be refused
 *   typedOn    some of it is in the queue, the rest is lost
 *   typed      all of it is lost
 */
export type Unsaved = 'nothing' | 'kept' | 'waiting' | 'typedOn' | 'typed';

/**
 * `unsaved` is asked at the moment of leaving, so that a save that has just ended counts.
 *
 * Shape   gives whether the screen is being left by somebody who was asked, and gave up what was typed
 */
export function useLeaveGuard(unsaved: () => Unsaved): () => boolean {
  const { t } = useTranslation();
  const hasGivenUp = useRef(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname && isLostInside(unsaved()),
  );
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    const what = unsaved();
    const isWaiting = what === 'waiting';
    void askUser({
      title: t(isWaiting ? 'leave.titleWaiting' : 'leave.title'),
      body: t(isWaiting ? 'leave.bodyWaiting' : what === 'typedOn' ? 'leave.bodyTypedOn' : 'leave.body'),
      confirm: t(isWaiting ? 'leave.confirmWaiting' : 'leave.confirm'),
      cancel: t('leave.cancel'),
      isFinal: true,
    }).then((leaves) => {
      hasGivenUp.current = leaves;
      return leaves ? blocker.proceed() : blocker.reset();
    });
    // Asked once per attempt: the blocker is another object with each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [blocker.state]);
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (unsaved() !== 'nothing') event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [unsaved]);
  return useCallback(() => hasGivenUp.current, []);
}

function isLostInside(what: Unsaved): boolean {
  return what !== 'nothing' && what !== 'kept';
}
