import { useEffect } from 'react';
import { useBlocker } from 'react-router-dom';
import { askUser, type Question } from '../feedback/askUser.ts';

/** Asks before the screen is left or the tab is closed; `question` is asked for at that moment, null lets go. */
export function useAskBeforeLeaving(question: () => Question | null): void {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname && question() !== null,
  );
  useEffect(() => {
    const asked = blocker.state === 'blocked' ? question() : null;
    if (blocker.state !== 'blocked' || asked === null) return;
    void askUser(asked).then((leaves) => (leaves ? blocker.proceed() : blocker.reset()));
    // Asked once per attempt: the blocker is another object with each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [blocker.state]);
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (question() !== null) event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [question]);
}
