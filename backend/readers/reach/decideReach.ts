import type { EndpointReach, LateReason, Reach, UntoldReason } from '../../../shared/protocol/reach.ts';
import type { ShownFigures } from './shownReports.ts';

/** Everything that is known of the way of one save. Times in milliseconds since 1970. */
export interface KnownWay {
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  readonly savedAt: number;
  readonly now: number;
  readonly lateAfterMs: number;
  readonly reason: UntoldReason | null;
  readonly followers: number;
  readonly figures: ShownFigures | null;
  readonly endpoints: readonly EndpointReach[];
}

/** Says how far a save has come, from what is known of its way. */
export function decideReach(way: KnownWay): Reach {
  const { resource, id, version, savedAt, lateAfterMs, reason, followers, figures, endpoints } = way;
  const shownAfterMs = firstShown(way);
  const lateBecause = reason === null ? lateReason(way) : null;
  return {
    resource,
    id,
    version,
    savedAt: new Date(savedAt).toISOString(),
    state:
      reason !== null
        ? 'untold'
        : lateBecause !== null
          ? 'late'
          : shownAfterMs !== null
            ? 'shown'
            : isSent(way)
              ? 'sent'
              : 'saved',
    reason,
    lateBecause,
    shownAfterMs,
    lateAfterMs,
    followers,
    browsers: {
      reports: figures?.reports ?? 0,
      medianMs: median(figures?.afterMs ?? []),
      older: figures?.older ? { version: figures.older.version, at: new Date(figures.older.at).toISOString() } : null,
    },
    endpoints,
  };
}

function firstShown({ version, savedAt, figures, endpoints }: KnownWay): number | null {
  const told = endpoints.flatMap(({ shownVersion, at }) =>
    shownVersion !== null && shownVersion >= version && at !== null ? [Math.max(0, Date.parse(at) - savedAt)] : [],
  );
  const all = [...(figures?.afterMs ?? []), ...told];
  return all.length === 0 ? null : Math.min(...all);
}

/**
 * Why the save is late; null when it is not. Also when somebody shows it: of two sites, one may still be yesterday's. What visitors
 * are shown goes before how it came to that.
 */
function lateReason({ version, savedAt, now, lateAfterMs, figures, endpoints }: KnownWay): LateReason | null {
  // A save of a moment that is still to come: the clock was set back, and how old it is nobody knows. What went wrong is said all the same.
  const isOfUnknownAge = savedAt > now;
  if (!isOfUnknownAge && now - savedAt <= lateAfterMs) return null;
  const older = figures?.older ?? null;
  const isOldCopy = older !== null && (isOfUnknownAge || older.at > savedAt + lateAfterMs);
  const isServed = endpoints.some(
    ({ state, shownVersion }) => state === 'sent' && shownVersion !== null && shownVersion < version,
  );
  if (isOldCopy || isServed) return 'olderShown';
  // Switched off because of what its receiver answered; one that an admin paused has no error.
  if (endpoints.some(({ state, error }) => state === 'failed' || (state === 'paused' && error !== null)))
    return 'callFails';
  const waits = endpoints.filter(({ state, error }) => state === 'waiting' && (!isOfUnknownAge || error !== null));
  return waits.length > 0 ? 'callWaits' : null;
}

function isSent({ followers, endpoints }: KnownWay): boolean {
  return followers > 0 || endpoints.some(({ state }) => state === 'sent');
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
