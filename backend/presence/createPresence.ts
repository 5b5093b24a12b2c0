import { performance } from 'node:perf_hooks';
import { v7 as uuidv7 } from 'uuid';
import { jsonEquals } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import { presenceLimits, type PresenceEvent, type PresenceMember } from '../../shared/protocol/presence.ts';
import type { PresenceCarrier } from '../stores/presenceCarrier.ts';
import { inspectMember, refuseTooManyChannels, type TrackedMember } from './inspectMember.ts';
import { createPresenceExchange } from './presenceExchange.ts';
import { createPresenceFollowers } from './presenceFollowers.ts';
import { createPresenceKeys } from './presenceKeys.ts';
import { createPresenceRoster } from './presenceRoster.ts';

/** How presence is kept. */
export interface PresenceOptions {
  /** Tells the other nodes; without it this process is the only one. */
  readonly carrier?: PresenceCarrier | undefined;
  /** How often a connection gives a sign of life; after two without one it is gone. Default 25,000 milliseconds. */
  readonly heartbeatMs?: number;
  /** Default: the machine's time at the start, and from there a clock that never jumps. Units: milliseconds since 1970. */
  readonly now?: () => number;
  /** Calls back once; the returned function takes that back. Default: timers that keep no process alive. */
  readonly after?: (delayMs: number, callback: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}

/** Who is in which channel, over all nodes. Nothing of it is stored for longer, and nothing of it is in the log. */
export interface Presence {
  /**
   * Enters a channel, or changes the state there; also a sign of life of the key. The same again is only that.
   *
   * Errors  FORBIDDEN when another user is present under the key; those of `inspectMember`; PRESENCE_LIMIT for a channel too many
   */
  track(member: TrackedMember, connection?: string): void;
  /**
   * Leaves a channel; nothing when he is not in it.
   *
   * Errors  FORBIDDEN when the key is another user's
   */
  untrack(channel: string, key: string, userId: string): void;
  /** A sign of life of a connection: all its memberships live on. Nothing for a key of another user. */
  touch(key: string, userId: string): void;
  /**
   * The connection closed. Nothing for a key of another user.
   *
   * With `connection` only what was tracked over that one last: the tab may be back over another before the old one ends.
   */
  leaveAll(key: string, userId: string, connection?: string): void;
  /** A user leaves every channel that he is in on this node, under every key and however he came in; null: everybody does. */
  leaveUser(userId: string | null): void;
  members(channel: string): readonly PresenceMember[];
  /** The channels that a user is in on this node, with his keys in each. */
  channelsOf(userId: string): ReadonlyMap<string, readonly string[]>;
  /** Tells a `sync` at once, then joins, updates and leaves. Returns what ends it. */
  follow(channel: string, listener: (event: PresenceEvent) => void): () => void;
  /** Resolves when this node knows the others as they were a second ago or later: for an answer that is given once, on a node where nobody may follow. At once without a carrier; never rejects. */
  refresh(): Promise<void>;
  stats(): { readonly channels: number; readonly members: number; readonly users: number };
  close(): Promise<void>;
}

/**
 * Opens presence of one node.
 *
 * A key belongs to the user who is present under it until he left everywhere. Members of other nodes arrive with the next
 * exchange: within two seconds, and right after a `follow` on a node where nobody was.
 */
export function createPresence(options: PresenceOptions): Presence {
  const { carrier, heartbeatMs = 25_000, now = steadyNow, after = systemAfter, onError } = options;
  const node = uuidv7();
  const lifetimeMs = 2 * heartbeatMs;
  const roster = createPresenceRoster();
  const followers = createPresenceFollowers({ after, onError });
  const keys = createPresenceKeys({
    lifetimeMs,
    now,
    after,
    onSilent: (silent) =>
      leave(silent.flatMap((key) => [...keys.channelsOf(key).keys()].map((channel) => ({ channel, key })))),
  });
  const exchange =
    carrier &&
    createPresenceExchange({
      carrier,
      node,
      roster,
      lifetimeMs,
      now,
      after,
      isNeeded: () => !followers.isEmpty || roster.membersOf(node).length > 0,
      onChanges: (changes) => followers.tell(changes),
      onError,
    });

  function leave(ended: readonly { readonly channel: string; readonly key: string }[]): void {
    const changes = ended.flatMap((one) => {
      keys.exit(one.key, one.channel);
      const told = roster.remove(node, one);
      exchange?.changed(one);
      return told;
    });
    followers.tell(changes);
  }

  /** Also of a key on another node, where its user came from and may go back to. */
  function refuseForeign(key: string, userId: string): void {
    const owner = keys.ownerOf(key);
    if (owner === undefined ? !roster.isKeyOfAnother(key, userId) : owner === userId) return;
    throw new SyncError('FORBIDDEN', 'Somebody else is present under this key. Choose a new one.');
  }

  return {
    track(wanted, connection) {
      const member = inspectMember(wanted);
      const { channel, key, user } = member;
      refuseForeign(key, user.id);
      const channels = keys.channelsOf(key);
      if (!channels.has(channel) && channels.size >= presenceLimits.maxChannels) refuseTooManyChannels();
      keys.see(key, user.id);
      keys.enter(key, channel, connection);
      const before = roster.find(node, member);
      const isSame = before !== null && jsonEquals(before.state, member.state) && before.user.name === user.name;
      // Another node may have shown something newer meanwhile: then the same again is news.
      if (isSame && roster.isShown(node, member)) return;
      const joinedAt = before?.joinedAt ?? new Date(now()).toISOString();
      const changes = roster.set(node, { ...member, joinedAt }, Number.POSITIVE_INFINITY);
      exchange?.changed({ channel, key });
      followers.tell(changes);
    },
    untrack(channel, key, userId) {
      refuseForeign(key, userId);
      if (keys.channelsOf(key).has(channel)) leave([{ channel, key }]);
    },
    touch(key, userId) {
      if (keys.ownerOf(key) === userId) keys.see(key, userId);
    },
    leaveAll(key, userId, connection) {
      if (keys.ownerOf(key) !== userId) return;
      const own = [...keys.channelsOf(key)].filter(([, last]) => connection === undefined || last === connection);
      leave(own.map(([channel]) => ({ channel, key })));
    },
    leaveUser: (userId) => leave(roster.membersOf(node).filter(({ user }) => userId === null || user.id === userId)),
    members: (channel) => roster.members(channel),
    channelsOf: (userId) => keys.channelsOfUser(userId),
    follow(channel, listener) {
      const end = followers.add(channel, roster.members(channel), listener);
      exchange?.wake();
      return end;
    },
    refresh: async () => exchange?.refresh(),
    stats: () => roster.stats(),
    async close() {
      followers.close();
      keys.close();
      await exchange?.close();
    },
  };
}

/** A machine whose time is set forward must not send everybody away. */
function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

function systemAfter(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}
