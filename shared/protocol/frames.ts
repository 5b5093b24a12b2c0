import type { JsonObject, JsonValue } from '../json.ts';

/**
 * What a connection follows. The same members are query parameters of SSE and polling, and a `subscribe` frame of a socket.
 *
 * Shape   `resources` undefined: all that the user may read; empty: none. `filters` such as `goals:organization_id=eq.org-1`, all have to hold;
 *         without a resource in front a filter is for every resource named. `channels`: presence and rooms
 */
export interface SubscriptionRequest {
  readonly resources?: readonly string[];
  readonly filters?: readonly string[];
  /** True: also the messages for this user, and those of `channels`. Default false. */
  readonly messages?: boolean;
  readonly channels?: readonly string[];
  /** Events of one record within a second / this are told as one, with the last state. Default: as they come. */
  readonly eventsPerSecond?: number;
  /** The cursor to go on from. Default: from now. */
  readonly since?: string;
  /** True: refused for a visitor. For a client that was somebody before and would not notice. Default false. */
  readonly signedIn?: boolean;
}

/**
 * What a client says over a socket.
 *
 * subscribe  replaces what this connection follows; answered by `subscribed`, then everything after `since`
 * presence   enters a channel with a state, changes the state, or leaves (null)
 * send       a message to a room that the connection is in
 * ping       answered by `pong`
 */
export type ClientFrame =
  | ({ readonly type: 'subscribe' } & SubscriptionRequest)
  | {
      readonly type: 'presence';
      readonly channel: string;
      /** Names the tab, so that it stays the same member when it comes back another way. Default: one per socket. */
      readonly key?: string;
      readonly state: JsonObject | null;
    }
  | {
      readonly type: 'send';
      readonly room: string;
      readonly message: { readonly type: string; readonly payload: JsonValue };
    }
  | { readonly type: 'ping' };

/** Limits of what a client says over a socket. */
export const frameLimits = {
  maxFrameBytes: 65_536,
  /** Frames of one connection in ten seconds; presence of somebody who types is one a second. */
  maxFramesPer10s: 200,
  maxFilters: 20,
} as const;
