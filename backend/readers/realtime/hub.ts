import type { LogPosition } from '../../../shared/cursor.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import type { LogEntry } from '../../log/entry.ts';
import { follow } from '../../log/follow.ts';
import type { Feed } from './feed.ts';
import { createFeedGroup, type FeedGroup, type HandOut, type HubMember, type Membership } from './feedGroup.ts';
import { followedResource } from './projectCounts.ts';

/** Tells everybody who is at the end of the log, each entry read and written once. */
export interface Hub {
  /** True when a reader at this place needs nothing more from the log by itself. */
  canJoin(place: LogPosition): boolean;
  /** Adds a reader; only right after `canJoin` said so, without anything awaited between. */
  join(feed: Feed, place: LogPosition, member: HubMember): Membership;
  /** The feed that others have already when it is equal: what is told is shared, and so is what it is made of. */
  shared(feed: Feed): Feed;
  readonly memberCount: number;
}

/** Entries that are told together at most: a page of the log. */
const maxEntries = 256;

/**
 * The live end of the log.
 *
 * Readers with equal feeds form a group; an entry is written once per group and handed to each member, so that a thousand
 * subscribers cost one projection and a thousand writes to sockets. Entries that were read together, such as those of one
 * commit, are told together: one write to a socket for all of them. Two rules make it gap-free, held by hub.test.ts:
 * - a reader joins only at or ahead of the hub's place, checked and done in one step; what it has already is not told again
 * - `place` moves after everybody in every group was told; a group that came up while entries were being written is told too
 *
 * A member whose socket is full is let go at the place of what it took last; it then pulls from the log at its own pace.
 */
export function createHub(options: {
  readonly log: ChangeLog;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Hub {
  const { log, signal, onError } = options;
  const groups = new Map<string, FeedGroup>();
  const byResource = new Map<string, Set<FeedGroup>>();
  let place: LogPosition = { epoch: log.epoch, seq: log.head() };
  /** The last of entries that could not be told to somebody: who was let go has to get past it by itself before it joins again. */
  let failedAt = 0;
  /** What was read and is told next. */
  let waiting: LogEntry[] = [];
  // Entries and timers of held counts: one after the other.
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work).catch(onError));

  function openGroup(feed: Feed): FeedGroup {
    const known = groups.get(feed.key);
    if (known) return known;
    const group: FeedGroup = createFeedGroup({
      feed,
      hubPlace: () => place,
      onDue: () => void inTurn(async () => (await written(group, group.writeHeld(), place.seq))()),
      onEmpty: () => close(group),
    });
    groups.set(feed.key, group);
    for (const name of feed.subscription.resources) {
      const set = byResource.get(name) ?? new Set();
      byResource.set(name, set.add(group));
    }
    return group;
  }

  function close(group: FeedGroup): void {
    groups.delete(group.feed.key);
    for (const name of group.feed.subscription.resources) {
      const set = byResource.get(name);
      set?.delete(group);
      if (set?.size === 0) byResource.delete(name);
    }
  }

  /** A group that cannot be told (the store did not answer) is let go: each member tries by itself, and says so if it fails. */
  async function written(group: FeedGroup, writing: Promise<HandOut>, seq: number): Promise<HandOut> {
    try {
      return await writing;
    } catch (error) {
      giveUp(group, error, seq);
      return () => undefined;
    }
  }

  function giveUp(group: FeedGroup, error: unknown, seq: number): void {
    onError(error);
    failedAt = Math.max(failedAt, seq);
    group.letGoAll();
  }

  function* interested(entry: LogEntry): Generator<FeedGroup> {
    if (entry.kind === 'key') return;
    if (entry.kind === 'change') yield* byResource.get(followedResource(entry)) ?? [];
    else for (const group of groups.values()) if (group.feed.isInterested(entry)) yield group;
  }

  async function tell(entries: readonly LogEntry[], last: number): Promise<void> {
    const handOuts = new Map<FeedGroup, HandOut>();
    for (;;) {
      const missing = new Map<FeedGroup, LogEntry[]>();
      for (const entry of entries) {
        for (const group of interested(entry)) {
          if (handOuts.has(group)) continue;
          const own = missing.get(group);
          if (own) own.push(entry);
          else missing.set(group, [entry]);
        }
      }
      if (missing.size === 0) break;
      const writings = [...missing].map(async ([group, own]) => {
        handOuts.set(group, await written(group, group.write(own), last));
      });
      await Promise.all(writings);
    }
    // Nothing is awaited from here to the new place: who joins is either before all of this, or after.
    for (const [group, handOut] of handOuts) {
      try {
        handOut();
      } catch (error) {
        // A fault of one socket: who was told goes on from there, who was not from the place of before.
        giveUp(group, error, last);
      }
    }
    place = { epoch: place.epoch, seq: last };
  }

  function tellWaiting(): Promise<void> {
    return inTurn(async () => {
      const entries = waiting;
      waiting = [];
      const last = entries.at(-1);
      if (last) await tell(entries, last.seq);
    });
  }

  async function run(): Promise<void> {
    for await (const item of follow({ log, after: place, signal, onError })) {
      if (item.type === 'entry') {
        // After everything that is ready without waiting: the whole page then, and still before anything else happens.
        if (waiting.push(item.entry) === 1) process.nextTick(() => void tellWaiting());
        else if (waiting.length >= maxEntries) await tellWaiting();
        continue;
      }
      await tellWaiting();
      await inTurn(async () => {
        // Another log: each member asks it with its own place of the old one, and is told the reset that it needs.
        for (const group of [...groups.values()]) {
          group.clear();
          group.letGoAll();
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
    join: (feed, at, member) => openGroup(feed).join(member, at.seq),
    shared: (feed) => groups.get(feed.key)?.feed ?? feed,
    get memberCount() {
      let members = 0;
      for (const group of groups.values()) members += group.size;
      return members;
    },
  };
}
