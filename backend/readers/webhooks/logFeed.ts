import type { LogPosition } from '../../../shared/cursor.ts';
import type { Core } from '../../core.ts';
import type { ChangeEntry, LogEntry } from '../../log/entry.ts';
import { follow, type ResetReason } from '../../log/follow.ts';
import { pause, type Timers } from './timers.ts';
import { isWanted, toToldChange, type ToldChange } from './toldChange.ts';
import { webhooksResource, type EndpointFilter } from './webhooksResource.ts';

/** Somebody who is told of changes: an endpoint, as far as the feed knows it. */
export interface FeedMember {
  readonly endpoint: EndpointFilter;
  /** Up to here it has everything, written down or not. */
  readonly cursor: LogPosition;
  readonly isEnded: boolean;
  /** A change that it wants. */
  note(place: LogPosition, change: ToldChange): void;
  /** Everything up to a place was read for it. */
  advance(place: LogPosition): void;
  noteReset(place: LogPosition, reason: ResetReason): void;
  /** It has what the feed has: from now on its cursor is the place of the feed, and it may call. */
  goLive(): void;
  /** Writes its cursor down, so that the next start does not read again what was not for it. */
  persist(): void;
}

/** What the feed needs. */
export interface LogFeedOptions {
  readonly core: Core;
  readonly closing: AbortSignal;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
  /** An endpoint was added, changed or deleted, here or on another node. */
  readonly onEndpoint: (entry: ChangeEntry) => void;
  /** The log is another one now: whatever is known of endpoints may be old. */
  readonly onReset: () => void;
  /** The feed came a step further. */
  readonly onProgress: () => void;
}

/** Reads the log once for all endpoints of a process. */
export interface LogFeed {
  readonly place: LogPosition;
  start(): void;
  /** Reads for members what they do not have yet, all of them in one pass, and lets them follow then. */
  join(members: readonly FeedMember[]): Promise<void>;
  leave(member: FeedMember): void;
  /** Resolves when the reading has ended after `closing`. */
  ended(): Promise<void>;
}

const pageSize = 256;
/** The wait before a read that failed is tried again, in milliseconds. */
const retryMs = 1_000;
/** How far stored cursors may fall behind: entries, and milliseconds. */
const maxUnstored = { entries: 4_096, ms: 3_600_000 };

/**
 * Creates the feed of a process.
 *
 * Invariant  the place moves only after an entry was noted by everybody who wants it, within one turn: a member that writes
 *            its state down with the place of the feed has missed nothing
 */
export function createLogFeed(options: LogFeedOptions): LogFeed {
  const { core, closing, onError } = options;
  const { log } = core.store;
  const live = new Set<FeedMember>();
  let place: LogPosition = { epoch: log.epoch, seq: log.head() };
  let unstored = { entries: 0, at: 0 };
  let reading: Promise<void> = Promise.resolve();

  /** Tells members of one entry; those that have it already pass it over. */
  function tell(members: Iterable<FeedMember>, entry: LogEntry, at: LogPosition): void {
    if (entry.kind !== 'change') return;
    // Worked out when the first one asks: most installations have resources that nobody waits for.
    let told: ToldChange | null | undefined;
    for (const member of members) {
      const { resources } = member.endpoint;
      if (resources !== null && !resources.includes(entry.resource)) continue;
      if (member.cursor.epoch === at.epoch && member.cursor.seq >= at.seq) continue;
      told ??= toToldChange(core, entry);
      if (told === null) return;
      if (isWanted(member.endpoint, told)) member.note(at, told);
    }
  }

  function persistAll(): void {
    unstored = { entries: 0, at: 0 };
    for (const member of live) member.persist();
  }

  async function read(): Promise<void> {
    for await (const item of follow({ log, after: place, signal: closing, onError })) {
      if (item.type === 'reset') {
        place = item.head;
        for (const member of live) member.noteReset(place, item.reason);
        options.onReset();
      } else {
        const { entry } = item;
        const at = { epoch: log.epoch, seq: entry.seq };
        if (entry.kind === 'change' && entry.resource === webhooksResource.name) options.onEndpoint(entry);
        else tell(live, entry, at);
        place = at;
        unstored = { entries: unstored.entries + 1, at: unstored.at === 0 ? entry.at : unstored.at };
        if (unstored.entries >= maxUnstored.entries || entry.at - unstored.at >= maxUnstored.ms) persistAll();
      }
      options.onProgress();
    }
  }

  async function readOn(): Promise<void> {
    while (!closing.aborted) {
      try {
        await read();
      } catch (error) {
        onError(error);
        await pause(options.timers, retryMs, closing);
      }
    }
  }

  async function catchUp(members: readonly FeedMember[]): Promise<void> {
    let joining = members.filter((member) => !member.isEnded);
    let isFirst = true;
    let at = 0;
    while (!closing.aborted && joining.length > 0) {
      const { epoch } = log;
      if (isFirst)
        at = joining.reduce(
          (least, { cursor }) => (cursor.epoch === epoch ? Math.min(least, cursor.seq) : least),
          Infinity,
        );
      const page = await log.read(Number.isFinite(at) ? at : log.head(), pageSize);
      joining = joining.filter((member) => !member.isEnded);
      if (isFirst) {
        for (const member of joining) {
          const reason = resetReason(member.cursor, epoch, page);
          if (reason !== null) member.noteReset({ epoch, seq: page.head }, reason);
        }
        isFirst = false;
      }
      for (const entry of page.entries) tell(joining, entry, { epoch, seq: entry.seq });
      at = page.entries.at(-1)?.seq ?? page.head;
      for (const member of joining) {
        if (member.cursor.epoch === epoch && member.cursor.seq < at) member.advance({ epoch, seq: at });
      }
      // The log became another one meanwhile: from the beginning, with what it says now.
      if (epoch !== log.epoch || place.epoch !== epoch) isFirst = true;
      else if (at >= place.seq) {
        for (const member of joining) {
          live.add(member);
          member.goLive();
        }
        return;
      }
    }
  }

  return {
    get place() {
      return place;
    },
    start() {
      place = { epoch: log.epoch, seq: log.head() };
      reading = readOn();
    },
    async join(members) {
      while (!closing.aborted) {
        try {
          return await catchUp(members);
        } catch (error) {
          onError(error);
          await pause(options.timers, retryMs, closing);
        }
      }
    },
    leave: (member) => void live.delete(member),
    ended: () => reading,
  };
}

function resetReason(
  cursor: LogPosition,
  epoch: string,
  page: { readonly head: number; readonly floor: number },
): ResetReason | null {
  if (cursor.epoch !== epoch) return 'epoch';
  if (cursor.seq > page.head) return 'ahead';
  return cursor.seq < page.floor ? 'retention' : null;
}
