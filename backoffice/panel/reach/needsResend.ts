import type { EndpointReach } from '../../../shared/protocol/reach.ts';

/** True for an endpoint that was called in vain, or says that it serves an older version; one that is paused takes nothing. */
export function needsResend({ state, shownVersion }: EndpointReach, version: number): boolean {
  return state === 'failed' || (state === 'sent' && shownVersion !== null && shownVersion < version);
}
