import type { LogPosition } from '../../../shared/cursor.ts';
import type { LogEntry } from '../../log/entry.ts';
import { batchAfter, batchesOf, type EventBatch } from './eventBatch.ts';
import type { Feed } from './feed.ts';
import { createTeller } from './teller.ts';
import type { WrittenEvent } from './writtenEvent.ts';

/** A reader that is at the end of the log and is told by the hub. */
export interface HubMember {
  /** Sends events; false when the socket is full, which ends the membership. */
  take(batch: EventBatch): boolean;
  /** Called once when the hub lets go of a reader: it goes on from its place by itself. */
  onLeft(): void;
}

/** A place among those who are told live. */
export interface Membership {
  /** Everything up to here was told, or is not for this reader. */
  readonly place: LogPosition;
  leave(): void;
}

/** Hands out what was written, at once. */
export type HandOut = () => void;

/** Those who are told the same live. */
export interface FeedGroup {
  readonly feed: Feed;
  readonly size: number;
  join(member: HubMember, from: number): Membership;
  /** Writes what is told because of entries, asked in their order; nobody is told before the result is called. */
  write(entries: readonly LogEntry[]): Promise<HandOut>;
  /** The same for the counts that are held. */
  writeHeld(): Promise<HandOut>;
  /** Lets everybody go, each at its own place. */
  letGoAll(): void;
  /** Forgets what is held, because the log is another one. */
  clear(): void;
}

interface MemberState {
  /** What it has already: told here, or before it joined. */
  from: number;
  /** Its place when it was let go; kept, because the hub goes on. */
  left: LogPosition | null;
}

/** Makes the group of a feed, which ends when its last member is gone. `hubPlace` is the place up to which everybody was told. */
export function createFeedGroup(options: {
  readonly feed: Feed;
  readonly hubPlace: () => LogPosition;
  /** Called when held counts have waited long enough. */
  readonly onDue: () => void;
  readonly onEmpty: () => void;
}): FeedGroup {
  const { feed, hubPlace } = options;
  const teller = createTeller(feed, options.onDue);
  const members = new Map<HubMember, MemberState>();
  /** The place before the first count that is held; null while none is. */
  let heldAfter: number | null = null;

  /** Held counts are not told yet; who joined while they were held has its own place at least. */
  function placeOf(state: MemberState): LogPosition {
    const { epoch, seq } = hubPlace();
    return state.left ?? { epoch, seq: Math.max(heldAfter ?? seq, state.from) };
  }

  function remove(member: HubMember): void {
    if (!members.delete(member) || members.size > 0) return;
    teller.close();
    options.onEmpty();
  }

  function letGo(member: HubMember, state: MemberState): void {
    state.left = placeOf(state);
    remove(member);
    member.onLeft();
  }

  function hand(batches: readonly EventBatch[], member: HubMember, state: MemberState): void {
    for (const batch of batches) {
      const own = batchAfter(batch, state.from);
      if (own === null) continue;
      const hasRoom = member.take(own);
      state.from = own.events.at(-1)?.seq ?? state.from;
      if (hasRoom) continue;
      letGo(member, state);
      return;
    }
  }

  // What is held changes after the last batch: who is let go before has not had everything up to there.
  function handOut(events: readonly WrittenEvent[], heldAfterwards: number | null): void {
    const batches = batchesOf(events);
    for (const [member, state] of members) hand(batches, member, state);
    heldAfter = heldAfterwards;
  }

  return {
    feed,
    get size() {
      return members.size;
    },
    join(member, from) {
      const state: MemberState = { from, left: null };
      members.set(member, state);
      return {
        get place() {
          return placeOf(state);
        },
        leave() {
          state.left ??= placeOf(state);
          remove(member);
        },
      };
    },
    async write(entries) {
      const events: WrittenEvent[] = [];
      let held = heldAfter;
      for (const entry of entries) {
        events.push(...(await teller.take(entry)));
        held = teller.isHolding ? (held ?? entry.seq - 1) : null;
      }
      return () => handOut(events, held);
    },
    async writeHeld() {
      const events = await teller.flush();
      return () => handOut(events, null);
    },
    letGoAll() {
      for (const [member, state] of members) letGo(member, state);
    },
    clear: () => teller.clear(),
  };
}
