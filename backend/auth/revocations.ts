import type { LogPosition } from '../../shared/cursor.ts';
import { isJsonObject, type JsonValue } from '../../shared/json.ts';
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
  /** The session that said it, where one did. */
  readonly session?: string | undefined;
}

/** Whose identity ended, as this node learns it from the log. */
export interface Revocations {
  /** The log, for every reader of this node: a revocation counts from the moment that any of them read it. */
  readonly log: ChangeLog;
  /** Errors  LOGIN_REQUIRED when he was revoked, or his session ended, since he was asked who he is */
  refuse(identified: Identified): void;
  /** Calls back once when he is revoked; returns what takes that back. Errors  those of `refuse` */
  watch(identified: Identified, end: () => void): () => void;
  /** Hears of each user who is revoked, not of single sessions; null: of all of them, because nobody knows whom it was about. */
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
  const watchers = new Map<string, Map<() => void, Identified>>();
  const listeners = new Set<(userId: string | null) => void>();
  let { epoch } = options.log;
  /** At or below may be revocations that are not known. */
  let unknownUpTo = options.log.head();
  const log = createSharedReads(options.log, take);

  function isOver({ userId, asOf, session }: Identified): boolean {
    const endedAt = session === undefined ? 0 : (known.get(keyOf(userId, session)) ?? 0);
    return asOf.epoch !== epoch || asOf.seq < Math.max(unknownUpTo, known.get(keyOf(userId)) ?? 0, endedAt);
  }

  function endOver(userId: string): void {
    for (const [end, identified] of watchers.get(userId) ?? []) {
      if (!isOver(identified)) continue;
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

  function revoke(userId: string, session: string | undefined, seq: number): void {
    const key = keyOf(userId, session);
    if (seq <= Math.max(unknownUpTo, known.get(key) ?? 0)) return;
    // Put last again: the first of the map is the oldest.
    known.delete(key);
    known.set(key, seq);
    const [oldest] = known;
    if (known.size > maxKnown && oldest !== undefined) {
      known.delete(oldest[0]);
      unknownUpTo = Math.max(unknownUpTo, oldest[1]);
    }
    endOver(userId);
    if (session === undefined) tell(userId);
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
      for (const userId of entry.to.ids) revoke(userId, sessionIn(entry.payload), entry.seq);
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
      const { userId } = identified;
      const own = watchers.get(userId) ?? new Map<() => void, Identified>();
      watchers.set(userId, own.set(end, identified));
      return () => forget(userId, end);
    },
    onRevoked: (listener) => void listeners.add(listener),
  };
}

function keyOf(userId: string, session?: string): string {
  return JSON.stringify([userId, session]);
}

function sessionIn(payload: JsonValue): string | undefined {
  const session = isJsonObject(payload) ? payload['session'] : undefined;
  return typeof session === 'string' ? session : undefined;
}
