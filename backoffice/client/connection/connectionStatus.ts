import type { SyncProblem } from '../SyncRequestError.ts';
import type { Ladder } from './createLadder.ts';
import { isPolling, type TransportName } from './transport.ts';

/**
 * How the page hears of changes.
 *
 * connecting  not yet, or not for a moment         live     the server speaks by itself
 * polling     the client asks                      offline  no network, or no answer on any way
 * closed      nobody tries: disconnected, or refused, as `problem` says
 */
export interface ConnectionStatus {
  readonly state: 'connecting' | 'live' | 'polling' | 'offline' | 'closed';
  /** What carries the data; null while nothing does. */
  readonly transport: TransportName | null;
  /** When this state began. */
  readonly since: Date;
  /** False when something was missed since the connection was last made, and everything was loaded again. */
  readonly recovered: boolean;
  readonly problem?: SyncProblem;
  /** Failed tries of the best transport since it was last live for a while. */
  readonly attempts: number;
}

/** What the status is made of. */
export interface StatusFacts {
  readonly ladder: Ladder;
  readonly isOnline: boolean;
  readonly isWanted: boolean;
  readonly refusal: SyncProblem | null;
  readonly recovered: boolean;
}

/** The status now, but for the time when it began. */
function readStatus(facts: StatusFacts): Omit<ConnectionStatus, 'since'> {
  const { ladder, recovered } = facts;
  const live = ladder.live();
  const lowest = ladder.lowest();
  // Of the least transport that has one: the next one begins without, and nothing changed by that. A 401 that is no refusal
  // is an identity that is asked for anew; nobody has to sign in for that.
  const failed = ladder.lanes.findLast(({ problem: of }) => of && of.status !== 401);
  const problem = facts.refusal ?? (live ? null : (failed?.problem ?? null));
  const best = ladder.lanes[0];
  const attempts = best && !best.isLive ? best.attempts : 0;
  const rest = { transport: live?.name ?? null, recovered, attempts, ...(problem ? { problem } : {}) };
  if (facts.refusal) return { state: 'closed', ...rest };
  if (live) return { state: isPolling(live.name) ? 'polling' : 'live', ...rest };
  if (!facts.isWanted) return { state: 'closed', ...rest };
  if (!facts.isOnline) return { state: 'offline', ...rest };
  // A poll that got no answer shows more than a stream: no way at all leads to the server.
  const isCut =
    lowest !== null &&
    lowest.lane.problem !== null &&
    lowest.lane.problem.status !== 401 &&
    (isPolling(lowest.name) || (lowest.isLast && lowest.lane.attempts > 3));
  return { state: isCut ? 'offline' : 'connecting', ...rest };
}

/** The status as it was last told, and whom to tell. */
export interface StatusBoard {
  readonly status: ConnectionStatus;
  /** Reads the facts again, and tells when something is another now. */
  tell(): void;
  subscribe(listener: (status: ConnectionStatus) => void): () => void;
}

/** Keeps the status of a connection. */
export function createStatusBoard(options: {
  readonly now: () => number;
  readonly facts: () => StatusFacts;
  readonly explain: (sentence: () => string) => void;
}): StatusBoard {
  const listeners = new Set<(status: ConnectionStatus) => void>();
  let status: ConnectionStatus = {
    state: 'connecting',
    transport: null,
    since: new Date(options.now()),
    recovered: true,
    attempts: 0,
  };
  return {
    get status() {
      return status;
    },
    tell() {
      const before = status;
      const next = readStatus(options.facts());
      status = { ...next, since: next.state === before.state ? before.since : new Date(options.now()) };
      const isSame =
        next.state === before.state &&
        next.transport === before.transport &&
        next.recovered === before.recovered &&
        next.problem?.code === before.problem?.code;
      if (isSame) return;
      const { problem } = status;
      const reason = problem ? `: ${problem.detail ?? problem.title}` : '';
      options.explain(() => `The connection is ${status.state} since ${status.since.toISOString()}${reason}`);
      for (const listener of listeners) listener(status);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
