import type { JsonObject } from '../../../shared/json.ts';
import type { PresenceEvent, PresenceMember } from '../../../shared/protocol/presence.ts';
import type { Clock } from '../clock.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import { heartbeatMs } from './transport.ts';

/** This connection in one channel. */
export interface Presence {
  /** Names this connection among the members. */
  readonly key: string;
  /** Everybody who is there, this connection too, in the order of their coming. */
  members(): readonly PresenceMember[];
  /** Why this connection may not be there; null while it may, so that a closed room does not look like an empty one. */
  problem(): SyncProblem | null;
  /** Says something else of oneself. */
  update(state: JsonObject): void;
  leave(): void;
  /** Calls the listener after each change, also of the problem; returns how to stop. */
  subscribe(listener: (members: readonly PresenceMember[]) => void): () => void;
}

/** The channels of one connection. */
export interface PresenceChannels {
  enter(channel: string, state: JsonObject | null): Presence;
  take(event: PresenceEvent): void;
  /** A transport went live: says again where this connection is. */
  announce(): void;
  /** Says where this connection came since; after what is followed was told to the server. */
  announceNew(): void;
  /** No transport is live, or the connection closed: nothing is said. */
  pause(): void;
}

type Listener = (members: readonly PresenceMember[]) => void;

interface Channel {
  readonly handles: Set<object>;
  readonly listeners: Set<Listener>;
  stop: () => void;
  problem: SyncProblem | null;
  members: ReadonlyMap<string, PresenceMember>;
  /** What this connection says of itself; null: it only looks. */
  state: JsonObject | null;
  isTold: boolean;
}

/**
 * Keeps who is where. Over a socket the server knows when somebody is gone; without one this says every 25 seconds that it is
 * still here.
 */
export function createPresenceChannels(options: {
  readonly key: string;
  readonly clock: Clock;
  /** Says it over the socket; false when there is none. */
  readonly say: (channel: string, state: JsonObject | null) => boolean;
  /** Says it by a request. */
  readonly post: (channel: string, state: JsonObject | null) => void;
  /** Follows a channel, and says when that is refused; returns how to stop. */
  readonly follow: (channel: string, onRefused: (problem: SyncProblem) => void) => () => void;
}): PresenceChannels {
  const channels = new Map<string, Channel>();
  let isLive = false;
  /** True while a channel was announced by a request. */
  let needsLife = false;
  let stopTimer: (() => void) | null = null;

  const tell = (name: string, state: JsonObject | null): boolean => {
    const isSaid = options.say(name, state);
    if (!isSaid) options.post(name, state);
    return isSaid;
  };
  /** Over a socket once; by a request again and again, as a sign of life. */
  const announce = (): void => {
    if (!isLive) return;
    for (const [name, channel] of channels) {
      if (channel.state === null || channel.isTold) continue;
      channel.isTold = true;
      if (!tell(name, channel.state)) needsLife = true;
    }
    if (needsLife && stopTimer === null) stopTimer = options.clock.after(heartbeatMs, again);
  };
  const again = (): void => {
    stopTimer?.();
    [stopTimer, needsLife] = [null, false];
    for (const channel of channels.values()) channel.isTold = false;
    announce();
  };
  const setMembers = (
    channel: Channel,
    members: ReadonlyMap<string, PresenceMember>,
    problem: SyncProblem | null = null,
  ): void => {
    channel.members = members;
    channel.problem = problem;
    for (const listener of channel.listeners) listener([...members.values()]);
  };

  const open = (name: string): Channel => {
    const channel: Channel = {
      handles: new Set<object>(),
      listeners: new Set<Listener>(),
      stop: () => undefined,
      problem: null,
      members: new Map(),
      state: null,
      isTold: false,
    };
    channels.set(name, channel);
    channel.stop = options.follow(name, (problem) => setMembers(channel, new Map(), problem));
    return channel;
  };
  const setState = (channel: Channel, state: JsonObject): void => {
    channel.state = state;
    channel.isTold = false;
  };

  return {
    enter(name, state) {
      const channel = channels.get(name) ?? open(name);
      const handle = {};
      channel.handles.add(handle);
      if (state !== null) setState(channel, state);
      return {
        key: options.key,
        members: () => [...channel.members.values()],
        problem: () => channel.problem,
        update(next) {
          if (!channel.handles.has(handle)) return;
          setState(channel, next);
          announce();
        },
        leave() {
          if (!channel.handles.delete(handle) || channel.handles.size > 0) return;
          channels.delete(name);
          // Also while the way is being made anew: who was announced by requests would be there until his silence is noticed.
          if (channel.isTold) tell(name, null);
          channel.stop();
        },
        subscribe(listener) {
          channel.listeners.add(listener);
          return () => channel.listeners.delete(listener);
        },
      };
    },
    take({ channel: name, event, members }) {
      const channel = channels.get(name);
      if (!channel) return;
      const next = new Map(event === 'sync' ? [] : channel.members);
      for (const member of members) {
        if (event === 'leave') next.delete(member.key);
        else next.set(member.key, member);
      }
      setMembers(channel, next);
    },
    announce() {
      isLive = true;
      again();
    },
    announceNew: announce,
    pause() {
      isLive = false;
      stopTimer?.();
      stopTimer = null;
    },
  };
}
