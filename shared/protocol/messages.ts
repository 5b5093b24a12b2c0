import type { JsonValue } from '../json.ts';

/** Types of message that every installation knows; an integrator declares more with `messages` of createSync. */
export const builtInMessageTypes = ['test', 'notification', 'data.updated', 'document_updated'] as const;

/** What the other tabs of a user are told when he read a notification: `{ id }`, null for all of them. Only the server sends it. */
export const notificationReadType = 'notification.read';

/** Limits of messages, the same for every way in. */
export const messageLimits = {
  /** How long a message is told. */
  lifetimeMs: 5 * 60 * 1000,
  /** How many of one user are told to a reader that was away; the oldest go first. */
  perUser: 1_000,
  /** Size of `payload` as JSON. */
  maxPayloadBytes: 16_384,
} as const;

/** One message, as its reader sees it. */
export interface SyncMessage {
  readonly id: string;
  readonly type: string;
  readonly payload: JsonValue;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Who sent it; null for the server itself. */
  readonly from: { readonly id: string; readonly name: string } | null;
  /** The room it was sent to; absent for one that is for the user himself. */
  readonly room?: string;
}

/**
 * A message without an envelope, as a poll without `resources` and the sockets of rooms and notifications give it: for
 * clients that know nothing but `type` and `payload`.
 *
 * Units   timestamp milliseconds since 1970
 */
export interface PlainMessage {
  readonly id: string;
  readonly type: string;
  readonly payload: JsonValue;
  readonly timestamp: number;
  readonly cursor: string;
  readonly user_id: string | null;
  readonly room?: string;
}

/** The plain form of a message. */
export function toPlainMessage(cursor: string, message: SyncMessage): PlainMessage {
  const { id, type, payload, room } = message;
  const plain = { id, type, payload, timestamp: Date.parse(message.at), cursor, user_id: message.from?.id ?? null };
  return room === undefined ? plain : { ...plain, room };
}
