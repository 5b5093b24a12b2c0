import { useSyncExternalStore } from 'react';

const QUERY = '(max-width: 48em)';

/** Whether the screen is as narrow as a phone's; the same width as in the style sheets. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(follow, () => matchMedia(QUERY).matches);
}

function follow(listener: () => void): () => void {
  const query = matchMedia(QUERY);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
