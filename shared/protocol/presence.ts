import type { JsonObject } from '../json.ts';

/** Limits of presence. */
export const presenceLimits = {
  /** Size of a state as JSON. */
  maxStateBytes: 4_096,
  /** Channels that one connection is in. */
  maxChannels: 50,
  /** Length of the name of a channel. */
  maxChannelLength: 200,
} as const;

/** Somebody in a channel: one per connection, so that two tabs of one user are two members with one `user.id`. */
export interface PresenceMember {
  /** Names the connection; chosen by the client, unique per tab. */
  readonly key: string;
  readonly user: { readonly id: string; readonly name: string };
  /** What the member says of himself, such as the field that he edits. */
  readonly state: JsonObject;
  /** ISO 8601 in UTC. */
  readonly joinedAt: string;
}

/**
 * Who is in a channel. Never stored and without a cursor: after a cut the first event is a `sync`, which replaces all.
 *
 * sync    everybody who is there, told first and after a cut       join     one more, or some
 * update  the state of a member changed                            leave    gone: said so, or silent for two heartbeats
 */
export interface PresenceEvent {
  readonly type: 'presence';
  readonly channel: string;
  readonly event: 'sync' | 'join' | 'update' | 'leave';
  readonly members: readonly PresenceMember[];
}

/** A channel's name, such as `presence:goal:17` or `project:4`: letters, digits and `_ . : -`, at most 200. */
export function isChannelName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= presenceLimits.maxChannelLength && /^[\w.:-]+$/.test(value);
}
