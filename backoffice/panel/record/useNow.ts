import { useEffect, useState } from 'react';

/** Often enough for "3 s ago" to be true, seldom enough to cost nothing. */
const STEP_MS = 3000;

/** The time in milliseconds, renewed every few seconds while somebody looks at it. */
export function useNow(isWatched: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isWatched) return undefined;
    const timer = setInterval(() => setNow(Date.now()), STEP_MS);
    return () => clearInterval(timer);
  }, [isWatched]);
  return now;
}
