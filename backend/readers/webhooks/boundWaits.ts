import type { EndpointState, PendingDelivery } from './endpointState.ts';
import { maxWaitMs, waitAfter } from './retrySchedule.ts';

/** By what clock a state is bounded. Milliseconds. */
export interface BoundWaitsOptions {
  /** Since 1970. */
  readonly now: number;
  /** How far the clock was turned; what failed for an hour before a turn did so after it. Default 0: not known. */
  readonly turnedMs?: number;
}

/**
 * The state with no wait longer than one that could have begun at this moment: times that were noted while the clock was ahead, or before
 * it was set back, would keep everything waiting until it has come there again.
 *
 * Invariant  a receiver that asked to wait is not called earlier for it, and what failed is not older than it was
 */
export function boundWaits<State extends EndpointState | null>(
  state: State,
  { now, turnedMs = 0 }: BoundWaitsOptions,
): State {
  if (state === null) return state;
  const pending = Object.entries(state.pending).map(([key, item]) => [key, boundItem(item, now)] as const);
  const since = (time: number | null): number | null => time && Math.min(time + Math.max(0, turnedMs), now);
  const { heldSince = null } = state;
  return {
    ...state,
    pending: Object.fromEntries(pending),
    quietUntil: Math.min(state.quietUntil, now + (state.quietMs ?? maxWaitMs)),
    failingSince: since(state.failingSince),
    ...(heldSince === null ? {} : { heldSince: since(heldSince) }),
  };
}

function boundItem(item: PendingDelivery, now: number): PendingDelivery {
  // What the receiver itself asked for is kept apart, so that this wait is one of ours.
  const latest = now + waitAfter(Math.max(1, item.attempt), 1);
  return item.nextAt <= latest ? item : { ...item, nextAt: latest };
}
