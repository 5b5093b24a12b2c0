import type { LogPosition } from '../../../shared/cursor.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import type { LogEntry, MessageEntry } from '../../log/entry.ts';
import { follow } from '../../log/follow.ts';
import type { Feed } from './feed.ts';
import { followedResource } from './projectCounts.ts';
import { createTeller, type Teller } from './teller.ts';
import type { WrittenEvent } from './writtenEvent.ts';

/** A reader that is at the end of the log and is told by the hub. */
export interface HubMember {
  /** Sends an event; false when the socket is full, which ends the membership. */
  take(event: WrittenEvent): boolean;
  /** Called once when the hub lets go of a reader: it goes on from its place by itself. */
  onLeft(): void;
}

/** A place among those who are told live. */
export interface Membership {
  /** Everything up to here was told, or is not for this reader. */
  readonly place: LogPosition;
  leave(): void;
}

/** Tells everybody who is at the end of the log, each entry read and written once. */
export interface Hub {
  /** True when a reader at this place needs nothing more from the log by itself. */
  canJoin(place: LogPosition): boolean;
  /** Adds a reader; only right after `canJoin` said so, without anything awaited between. */
  join(feed: Feed, place: LogPosition, member: HubMember): Membership;
  readonly memberCount: number;
  /** How many are told live of a resource. */
  followersOf(resource: string): number;
}

interface MemberState {
  /** What it has already: told here, or before it joined. */
  from: number;
  /** Its place when it was let go; kept, because the hub goes on. */
  left: LogPosition | null;
}

interface Group {
  readonly feed: Feed;
  readonly teller: Teller;
  readonly members: Map<HubMember, MemberState>;
  /** The place before the first count that is held; null while none is. */
  heldAfter: number | null;
}

/**
 * The live end of the log.
 *
 * Readers with equal feeds form a group; an entry is written once per group and handed to each member, so that a thousand
 * subscribers cost one projection and a thousand writes to sockets. Two rules make it gap-free, held by hub.test.ts:
 * - a reader joins only at or ahead of the hub's place, checked and done in one step; what it has already is not told again
 * - `place` moves after everybody in every group was told; a group that came up while an entry was being written is told too
 *
 * A member whose socket is full is let go at the place of what it took last; it then pulls from the log at its own pace.
 */
export function createHub(options: {
  readonly log: ChangeLog;
  readonly signal: AbortSignal;
  /** Told of every message, whoever it is for, before its readers are. */
  readonly onMessage?: (entry: MessageEntry) => void;
  readonly onError: (error: unknown) => void;
}): Hub {
  const { log, signal, onMessage, onError } = options;
  const groups = new Map<string, Group>();
  const byResource = new Map<string, Set<Group>>();
  let place: LogPosition = { epoch: log.epoch, seq: log.head() };
  /** The last entry that could not be told to somebody: who was let go has to get past it by itself before it joins again. */
  let failedAt = 0;
  // Entries and timers of held counts: one after the other.
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work).catch(onError));

  function openGroup(feed: Feed): Group {
    const known = groups.get(feed.key);
    if (known) return known;
    const group: Group = {
      feed,
      teller: createTeller(feed, () => void inTurn(() => flush(group))),
      members: new Map(),
      heldAfter: null,
    };
    groups.set(feed.key, group);
    for (const name of feed.subscription.resources) {
      const set = byResource.get(name) ?? new Set();
      byResource.set(name, set.add(group));
    }
    return group;
  }

  function closeIfEmpty(group: Group): void {
    if (group.members.size > 0 || groups.get(group.feed.key) !== group) return;
    groups.delete(group.feed.key);
    group.teller.close();
    for (const name of group.feed.subscription.resources) {
      const set = byResource.get(name);
      set?.delete(group);
      if (set?.size === 0) byResource.delete(name);
    }
  }

  function letGo(group: Group, member: HubMember): void {
    const state = group.members.get(member);
    if (state === undefined) return;
    state.left = placeOf(group, state);
    remove(group, member);
    member.onLeft();
  }

  function remove(group: Group, member: HubMember): void {
    if (group.members.delete(member)) closeIfEmpty(group);
  }

  /** Held counts are not told yet; who joined while they were held has its own place at least. */
  function placeOf(group: Group, state: MemberState): LogPosition {
    return state.left ?? { epoch: place.epoch, seq: Math.max(group.heldAfter ?? place.seq, state.from) };
  }

  function hand(group: Group, events: readonly WrittenEvent[]): void {
    for (const event of events) {
      for (const [member, state] of group.members) {
        if (event.seq !== null && event.seq <= state.from) continue;
        state.from = event.seq ?? state.from;
        if (!member.take(event)) letGo(group, member);
      }
    }
  }

  async function flush(group: Group): Promise<void> {
    try {
      const events = await group.teller.flush();
      group.heldAfter = null;
      hand(group, events);
    } catch (error) {
      giveUp(group, place.seq, error);
    }
  }

  /** A group that cannot be told (the store did not answer) is let go: each member tries by itself, and says so if it fails. */
  function giveUp(group: Group, seq: number, error: unknown): void {
    onError(error);
    failedAt = seq;
    for (const member of [...group.members.keys()]) letGo(group, member);
  }

  async function tell(group: Group, entry: LogEntry): Promise<readonly WrittenEvent[]> {
    try {
      const events = await group.teller.take(entry);
      if (!group.teller.isHolding) group.heldAfter = null;
      else group.heldAfter ??= entry.seq - 1;
      return events;
    } catch (error) {
      giveUp(group, entry.seq, error);
      return [];
    }
  }

  function* interested(entry: LogEntry): Generator<Group> {
    if (entry.kind === 'key') return;
    if (entry.kind === 'change') yield* byResource.get(followedResource(entry)) ?? [];
    else for (const group of groups.values()) if (group.feed.isInterested(entry)) yield group;
  }

  async function take(entry: LogEntry): Promise<void> {
    if (entry.kind === 'message') onMessage?.(entry);
    const told = new Map<Group, readonly WrittenEvent[]>();
    for (;;) {
      const missing = [...interested(entry)].filter((group) => !told.has(group));
      if (missing.length === 0) break;
      await Promise.all(missing.map(async (group) => told.set(group, await tell(group, entry))));
    }
    // Nothing is awaited from here to the new place: who joins is either before all of this, or after.
    for (const [group, events] of told) hand(group, events);
    place = { epoch: place.epoch, seq: entry.seq };
  }

  async function run(): Promise<void> {
    for await (const item of follow({ log, after: place, signal, onError })) {
      await inTurn(async () => {
        if (item.type === 'entry') return take(item.entry);
        // Another log: each member asks it with its own place of the old one, and is told the reset that it needs.
        for (const group of [...groups.values()]) {
          group.teller.clear();
          for (const member of [...group.members.keys()]) letGo(group, member);
        }
        place = item.head;
        failedAt = 0;
      });
    }
  }
  void run().catch(onError);

  return {
    // Beyond the end of the log is nobody who read it: such a place is answered with a reset, by reading.
    canJoin: (at) =>
      at.epoch === place.epoch && at.seq >= Math.max(place.seq, failedAt) && at.seq <= Math.max(place.seq, log.head()),
    join(feed, at, member) {
      const group = openGroup(feed);
      const state: MemberState = { from: at.seq, left: null };
      group.members.set(member, state);
      return {
        get place() {
          return placeOf(group, state);
        },
        leave() {
          state.left ??= placeOf(group, state);
          remove(group, member);
        },
      };
    },
    get memberCount() {
      let members = 0;
      for (const group of groups.values()) members += group.members.size;
      return members;
    },
    followersOf(resource) {
      let followers = 0;
      for (const group of byResource.get(resource) ?? []) followers += group.members.size;
      return followers;
    },
  };
}
