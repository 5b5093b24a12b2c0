import { canonicalJson } from '../../shared/canonicalJson.ts';
import { messageLimits } from '../../shared/protocol/messages.ts';
import type { ChangeLog } from '../log/changeLog.ts';
import type { MessageEntry } from '../log/entry.ts';
import { follow } from '../log/follow.ts';
import { isRemovable } from '../log/removedMessages.ts';
import { createRecentPlaces, type RecentPlaces } from './recentPlaces.ts';

/** What a message queue is made of. */
export interface MessageQueueOptions {
  readonly log: ChangeLog;
  /** How long a message is told, in milliseconds. Default 300,000 (5 minutes). */
  readonly lifetimeMs?: number;
  /** How many messages of one user, room or scope are told to who was away; the oldest go first. Default 1,000. */
  readonly perUser?: number;
  /** How often what is too old is forgotten, in milliseconds. Default 60,000. */
  readonly cleanupMs?: number;
  /** Gets what reading the log failed with; it is tried again. Default: nobody learns it. */
  readonly onError?: (error: unknown) => void;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** What a message queue holds at this moment. */
export interface MessageQueueStats {
  /** Messages that are told to who comes now, counted once for each user, room and scope that they are for. */
  readonly kept: number;
  /** Messages that newer ones pushed out before their time, since the start. */
  readonly pushedOut: number;
  readonly users: number;
  readonly rooms: number;
  readonly scopes: number;
  /** How many entries of the log it has not read yet. */
  readonly lag: number;
}

/** Which messages of the log are still told. */
export interface MessageQueue {
  /**
   * False for a message that is older than its life, or that more than `perUser` newer ones for the same user, room or scope
   * have pushed out: a reader that it was for has missed it for good. An entry that the queue has not read yet is kept.
   */
  isKept(entry: MessageEntry, userId: string): boolean;
  stats(): MessageQueueStats;
  /** Ends following the log. */
  close(): void;
}

/**
 * Follows the log and remembers the places of living messages: numbers only, as the messages themselves are in the log, and
 * at most twice `perUser` of them for each user, room and scope.
 */
export function createMessageQueueService(options: MessageQueueOptions): MessageQueue {
  const { log, lifetimeMs = messageLimits.lifetimeMs, perUser = messageLimits.perUser, now = Date.now } = options;
  const onError = options.onError ?? (() => undefined);
  const users = new Map<string, RecentPlaces>();
  const rooms = new Map<string, RecentPlaces>();
  const scopes = new Map<string, RecentPlaces>();
  const ended = new AbortController();
  let readUpTo = 0;
  let pushedOut = 0;

  function add(all: Map<string, RecentPlaces>, name: string, seq: number): void {
    let places = all.get(name);
    if (places === undefined) all.set(name, (places = createRecentPlaces(perUser)));
    if (places.push(seq)) pushedOut += 1;
  }

  function note(entry: MessageEntry): void {
    const { to, seq } = entry;
    if (!isRemovable(entry)) return;
    if (to.kind === 'users') for (const id of new Set(to.ids)) add(users, id, seq);
    else if (to.kind === 'room') add(rooms, to.room, seq);
    else add(scopes, canonicalJson(to.scope), seq);
  }

  const isOld = ({ at }: MessageEntry): boolean => at < now() - lifetimeMs;

  async function read(): Promise<void> {
    const seq = await log.placeAt(now() - lifetimeMs).catch((error: unknown) => {
      onError(error);
      // Without the past it judges what came before by its age alone.
      return log.head();
    });
    readUpTo = seq;
    const { signal } = ended;
    for await (const item of follow({ log, after: { epoch: log.epoch, seq }, signal, onError })) {
      if (item.type === 'reset') for (const all of [users, rooms, scopes]) all.clear();
      else if (item.entry.kind === 'message') note(item.entry);
      readUpTo = item.type === 'reset' ? item.head.seq : item.entry.seq;
    }
  }

  async function forget(): Promise<void> {
    const upTo = await log.placeAt(now() - lifetimeMs);
    for (const all of [users, rooms, scopes])
      for (const [name, places] of all) if (places.forgetUpTo(upTo) === 0) all.delete(name);
  }

  function placesOf({ to }: MessageEntry, userId: string): RecentPlaces | undefined {
    if (to.kind === 'users') return users.get(userId);
    return to.kind === 'room' ? rooms.get(to.room) : scopes.get(canonicalJson(to.scope));
  }

  const timer = setInterval(() => void forget().catch(onError), options.cleanupMs ?? 60_000);
  // Forgetting is no reason to keep a process alive.
  timer.unref();
  read().catch(onError);

  return {
    isKept(entry, userId) {
      if (!isRemovable(entry) || isOld(entry)) return false;
      // One that is not read yet is newer than every place that was pushed out.
      return placesOf(entry, userId)?.isAmongNewest(entry.seq) ?? true;
    },
    stats() {
      const kept = [users, rooms, scopes].flatMap((all) => [...all.values()]);
      return {
        kept: kept.reduce((sum, { size }) => sum + size, 0),
        pushedOut,
        users: users.size,
        rooms: rooms.size,
        scopes: scopes.size,
        lag: Math.max(0, log.head() - readUpTo),
      };
    },
    close() {
      clearInterval(timer);
      ended.abort();
    },
  };
}
