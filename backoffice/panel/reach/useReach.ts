import { useEffect, useState } from 'react';
import type { Reach } from '../../../shared/protocol/reach.ts';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';

/** How far a save has come, and whether that will be asked again. */
export interface FollowedReach {
  readonly reach: Reach;
  readonly isLast: boolean;
}

/** When it is asked after a save, in milliseconds: soon while somebody looks, and once more when it would be late. */
const askAfterMs = [300, 800, 1500, 3000, 6000] as const;

/** Follows the save that made a version, until it is shown or late; null before the first answer. */
export function useReach(url: string, version: number): FollowedReach | null {
  const { config } = usePanelServices();
  const [followed, setFollowed] = useState<FollowedReach | null>(null);
  const address = `${config.backendUrl}${url}/reach`;
  useEffect(() => {
    const leaving = new AbortController();
    void follow(address, version, leaving.signal, setFollowed);
    return () => leaving.abort();
  }, [address, version]);
  // What was learned of an older version says nothing about this one.
  return followed !== null && followed.reach.version >= version ? followed : null;
}

async function follow(
  address: string,
  version: number,
  signal: AbortSignal,
  tell: (followed: FollowedReach) => void,
): Promise<void> {
  const begun = Date.now();
  let lateAfterMs = 0;
  for (let step = 0; step <= askAfterMs.length && !signal.aborted; step += 1) {
    const isLastStep = step === askAfterMs.length;
    const at = askAfterMs[step] ?? Math.max(lateAfterMs, askAfterMs[step - 1] ?? 0) + 1000;
    await pause(begun + at - Date.now(), signal);
    // A refusal or no answer: the save is stored all the same, and the connection state says the rest.
    const reach = (await requestJson(address, { signal }).catch(() => null)) as Reach | null;
    if (signal.aborted || reach === null || reach.version < version) continue;
    ({ lateAfterMs } = reach);
    const isLast = isLastStep || ['shown', 'late', 'untold'].includes(reach.state);
    tell({ reach, isLast });
    if (isLast) return;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
