import type { Change } from '../change.ts';
import type { Problem } from '../problem.ts';
import type { SyncMessage } from './messages.ts';
import type { PresenceEvent } from './presence.ts';

/**
 * Told when a reader cannot be continued without a gap: load everything again, then go on from `cursor`.
 *
 * Shape   scope `messages`: nothing but messages were missed, so records need not be loaded again.
 *         reason `forced`: somebody asked for it, and `jitterMs` is the time over which clients spread
 */
export interface ResetEvent {
  readonly type: 'reset';
  readonly cursor: string;
  readonly scope: 'changes' | 'messages';
  readonly reason: 'epoch' | 'retention' | 'ahead' | 'start' | 'expired' | 'forced';
  readonly jitterMs?: number;
}

/** One change, on every transport the same. */
export interface ChangeEvent {
  readonly type: 'change';
  readonly cursor: string;
  readonly change: Change;
}

/** One message for this user or for a room that he follows. */
export interface SyncMessageEvent {
  readonly type: 'message';
  readonly cursor: string;
  readonly message: SyncMessage;
}

/** Says, over a socket, that everything up to here was told: a quiet subscription goes on from here after a cut. */
export interface PlaceEvent {
  readonly type: 'place';
  readonly cursor: string;
}

/** The answer to `subscribe` over a socket: where it begins, and whom the server takes the client for; null for a visitor. */
export interface SubscribedEvent {
  readonly type: 'subscribed';
  readonly cursor: string;
  readonly user_id?: string | null;
}

/** A problem inside a stream that stays open or is about to close. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly problem: Problem;
}

/** Everything that a stream can carry, as JSON. A client ignores a type that it does not know. */
export type SyncEvent =
  ChangeEvent | SyncMessageEvent | PresenceEvent | PlaceEvent | SubscribedEvent | ResetEvent | ErrorEvent;
