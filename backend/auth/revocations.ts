import type { LogPosition } from '../../shared/cursor.ts';
import { SyncError } from '../../shared/problem.ts';
import type { ChangeLog, LogPage } from '../log/changeLog.ts';
import { follow } from '../log/follow.ts';
import { removedMessagesType } from '../log/removedMessages.ts';
import { revokeType } from '../log/revokeType.ts';
import { createSharedReads } from '../log/sharedReads.ts';

/** Who asked, and where the log ended before he was asked who he is. */
export interface Identified {
  readonly userId: string;
  readonly asOf: LogPosition;
}

/** Whose identity ended, as this node learns it from the log. */
export interface Revocations {
  /** The log, for every reader of this node: a revocation counts from the moment that any of them read it. */
  readonly log: ChangeLog;
  /** Errors  LOGIN_REQUIRED when he was revoked since he was asked who he is */
  refuse(identified: Identified): void;
  /** Calls back once when he is revoked; returns what takes that back. Errors  those of `refuse` */
  watch(identified: Identified, end: () => void): () => void;
  /** Hears of each user who is revoked; null: of all of them, because nobody knows whom it was about. */
  onRevoked(listener: (userId: string | null) => void): void;
}

/** Users whose last revocation is known, at most; whoever was being identified before a forgotten one is refused. */
const maxKnown = 10_000;

/** What is said to somebody whose identity ended: the session may be over, or only a right. He may come in anew, and is asked again. */
export function identityEnded(): SyncError {
  return new SyncError('LOGIN_REQUIRED', 'Your session ended, or what you may read changed. Connect again.', {
    extensions: { retryAfterSeconds: 1 },
  });
}

/**
 * Learns from the log who was revoked: with every page that anybody on this node reads, and by a reader of its own, which
 * waits for nothing. So a revocation is in no line behind events that are still being written, or that a slow client has to take.
 *
 * Whose identity was found out after the revocation keeps it: he was asked with the new rights already. Where entries went
 * unread (the log was shortened past this node, or is another one) everybody from before comes in anew.
 */
export function createRevocations(options: {
  readonly log: ChangeLog;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Revocations {
  const known = new Map<string, number>();
  const watchers = new Map<string, Map<() => void, LogPosition>>();
  const listeners = new Set<(userId: string | null) => void>();
  let { epoch } = options.log;
  /** At or below may be revocations that are not known. */
  let unknownUpTo = options.log.head();
  const log = createSharedReads(options.log, take);

  function isOver({ userId, asOf }: Identified): boolean {
    return asOf.epoch !== epoch || asOf.seq < Math.max(unknownUpTo, known.get(userId) ?? 0);
  }

  function endOver(userId: string): void {
    for (const [end, asOf] of watchers.get(userId) ?? []) {
      if (!isOver({ userId, asOf })) continue;
      forget(userId, end);
      end();
    }
  }

  function forget(userId: string, end: () => void): void {
    const own = watchers.get(userId);
    own?.delete(end);
    if (own?.size === 0) watchers.delete(userId);
  }

  function tell(userId: string | null): void {
    for (const listener of listeners) listener(userId);
  }

  function revoke(userId: string, seq: number): void {
    if (seq <= Math.max(unknownUpTo, known.get(userId) ?? 0)) return;
    // Put last again: the first of the map is the oldest.
    known.delete(userId);
    known.set(userId, seq);
    const [oldest] = known;
    if (known.size > maxKnown && oldest !== undefined) {
      known.delete(oldest[0]);
      unknownUpTo = Math.max(unknownUpTo, oldest[1]);
    }
    endOver(userId);
    tell(userId);
  }

  function missed(head: LogPosition): void {
    if (head.epoch !== epoch) known.clear();
    unknownUpTo = head.seq;
    ({ epoch } = head);
    for (const userId of [...watchers.keys()]) endOver(userId);
    tell(null);
  }

  function take({ entries }: LogPage): void {
    // Of another log: the reader below is told so, and its places say nothing here.
    if (options.log.epoch !== epoch) return;
    for (const entry of entries) {
      if (entry.kind !== 'message' || entry.type !== revokeType || entry.to.kind !== 'users') continue;
      for (const userId of entry.to.ids) revoke(userId, entry.seq);
    }
  }

  async function run(): Promise<void> {
    const { signal, onError } = options;
    for await (const item of follow({ log, after: { epoch, seq: unknownUpTo }, signal, onError })) {
      if (item.type === 'reset') missed(item.head);
      else if (item.entry.kind === 'message' && item.entry.type === removedMessagesType)
        missed({ epoch, seq: item.entry.seq });
    }
  }
  void run().catch(options.onError);

  const refuse = (identified: Identified): void => {
    if (isOver(identified)) throw identityEnded();
  };
  return {
    log,
    refuse,
    watch(identified, end) {
      refuse(identified);
      const { userId, asOf } = identified;
      const own = watchers.get(userId) ?? new Map<() => void, LogPosition>();
      watchers.set(userId, own.set(end, asOf));
      return () => forget(userId, end);
    },
    onRevoked: (listener) => void listeners.add(listener),
  };
}
