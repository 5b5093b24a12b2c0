import type { Connectivity } from '../connectivity.ts';

/**
 * Calls `onWake` when the network may have changed without a word: the browser says so (`isChanged`), or the page is looked at
 * again. A laptop that slept has sockets that look open and are not. Returns how to stop.
 */
export function watchPage(connectivity: Connectivity, onWake: (isChanged: boolean) => void): () => void {
  const stop = connectivity.subscribe(() => onWake(true));
  if (typeof document === 'undefined') return stop;
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') onWake(false);
  };
  // Back from the browser's cache of pages: everything that was open is gone.
  const onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) onWake(true);
  };
  document.addEventListener('visibilitychange', onVisible);
  window.addEventListener('pageshow', onShow);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', onVisible);
    window.removeEventListener('pageshow', onShow);
  };
}
