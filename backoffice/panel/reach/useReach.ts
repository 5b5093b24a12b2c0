import { useCallback, useEffect, useState } from 'react';
import type { Reach } from '../../../shared/protocol/reach.ts';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { needsResend } from './needsResend.ts';

/** How far a save has come, and whether that will be asked again. */
export interface FollowedReach {
  readonly reach: Reach;
  readonly isLast: boolean;
  /** Endpoints that are being told again, and have not taken it yet. */
  readonly resending: readonly string[];
}

/** What `useReach` gives. */
export interface ReachFollowing {
  /** Null before the first answer. */
  readonly followed: FollowedReach | null;
  /** Follows the save once more, after an endpoint was told again. */
  readonly followResend: (endpoint: string) => void;
}

/** When it is asked after a save, in milliseconds: soon while somebody looks, and once more when it would be late. */
const askAfterMs = [300, 800, 1500, 3000, 6000] as const;
/** How long after the moment from which a save is late. */
const marginMs = 1000;
const none: readonly string[] = [];

/** Follows the save that made a version, until it is late or would be: shown in one place, it can still be late in another. */
export function useReach(url: string, version: number): ReachFollowing {
  const { config } = usePanelServices();
  const [followed, setFollowed] = useState<FollowedReach | null>(null);
  const [resent, setResent] = useState({ version, endpoints: none });
  const address = `${config.backendUrl}${url}/reach`;
  const endpoints = resent.version === version ? resent.endpoints : none;
  useEffect(() => {
    const leaving = new AbortController();
    void follow({ address, version, resent: endpoints, signal: leaving.signal, tell: setFollowed });
    return () => leaving.abort();
  }, [address, version, endpoints]);
  const followResend = useCallback(
    (endpoint: string) => {
      setResent((last) => ({ version, endpoints: [...(last.version === version ? last.endpoints : none), endpoint] }));
      setFollowed((last) => last && { ...last, isLast: false, resending: [...last.resending, endpoint] });
    },
    [version],
  );
  // What was learned of an older version says nothing about this one.
  return { followed: followed !== null && followed.reach.version >= version ? followed : null, followResend };
}

async function follow({
  address,
  version,
  resent,
  signal,
  tell,
}: {
  readonly address: string;
  readonly version: number;
  readonly resent: readonly string[];
  readonly signal: AbortSignal;
  readonly tell: (followed: FollowedReach) => void;
}): Promise<void> {
  const begun = Date.now();
  let lateAfterMs = 0;
  let isShown = false;
  for (let step = 0; step <= askAfterMs.length && !signal.aborted; step += 1) {
    const isLastStep = step === askAfterMs.length;
    const lastAt = isShown ? lateAfterMs : Math.max(lateAfterMs, askAfterMs[step - 1] ?? 0);
    const at = askAfterMs[step] ?? lastAt + marginMs;
    await pause(begun + at - Date.now(), signal);
    // A refusal or no answer: the save is stored all the same, and the connection state says the rest.
    const reach = (await requestJson(address, { signal }).catch(() => null)) as Reach | null;
    if (signal.aborted || reach === null || reach.version < version) continue;
    ({ lateAfterMs } = reach);
    isShown = reach.state === 'shown';
    const resending = isLastStep
      ? none
      : resent.filter((id) =>
          reach.endpoints.some((one) => one.id === id && (one.state === 'waiting' || needsResend(one, reach.version))),
        );
    const isLast =
      isLastStep ||
      reach.state === 'untold' ||
      (reach.state === 'late' && resending.length === 0) ||
      (isShown && resent.length > 0);
    tell({ reach, isLast, resending });
    if (isLast) return;
    // Nothing but the time from which it would be late can change what is said now.
    if (isShown) step = askAfterMs.length - 1;
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
