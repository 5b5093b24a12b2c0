import { useEffect, useState } from 'react';

/**
 * The time, as often as a sentence like "3 s ago" needs it: each second for a minute, then each half minute.
 *
 * Units   milliseconds since 1970; `sinceMs` null: nothing to count from, so nothing ticks
 */
export function useNow(sinceMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  const isRecent = sinceMs !== null && now - sinceMs < 60_000;
  useEffect(() => {
    if (sinceMs === null) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), isRecent ? 1000 : 30_000);
    return () => clearInterval(timer);
  }, [sinceMs, isRecent]);
  return Math.max(now, sinceMs ?? 0);
}
