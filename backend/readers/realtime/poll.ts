import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { canonicalJson } from '../../../shared/canonicalJson.ts';
import { formatCursor, parseCursor, type LogPosition } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { diff } from '../../../shared/merge/index.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { PresenceEvent } from '../../../shared/protocol/presence.ts';
import { messageLimits, toPlainMessage, type PlainMessage } from '../../../shared/protocol/messages.ts';
import { follow } from '../../log/follow.ts';
import { contextOf } from '../../requestContext.ts';
import type { LiveConnections } from './liveConnections.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import { queryOf, subscriptionOfQuery } from './subscription.ts';
import { createTeller } from './teller.ts';

/** The answer of a poll; the first four are the fields that older clients know. */
export interface PollAnswer {
  readonly success: true;
  /** Events; without `resources` in the query only messages, in their plain form. */
  readonly messages: readonly (SyncEvent | PlainMessage)[];
  /** Milliseconds since 1970 of the last entry read, so that sending it back as `since` loses nothing. */
  readonly timestamp: number;
  readonly count: number;
  readonly cursor: string;
  /** False when something was missed for good: a reset among the messages says what. */
  readonly recovered: boolean;
  /** Who asked, as the server knows him; null for a visitor. */
  readonly user_id: string | null;
  /** Only when the server stops: this is what came until then. Asked again at once, it would not answer. */
  readonly closing?: true;
  /** Only with `channels`: stands for who was told to be there. Sent back, it ends the wait at once when that changed meanwhile. */
  readonly members?: string;
}

/** Limits of one poll. */
export const pollLimits = {
  maxMessages: 500,
  /** Bytes of events after which no more are read; one that is larger comes alone. */
  maxBytes: 1_048_576,
  maxWaitSeconds: 30,
} as const;

/** What polls need of an installation. */
export interface PollParts {
  readonly parts: RealtimeParts;
  readonly live: LiveConnections;
}

/**
 * Answers what came after `since`, waiting up to `wait` seconds for the first of it.
 *
 * Shape   since is a cursor, 0, or milliseconds since 1970. 0 with `resources` answers a reset and the head: a poll is no
 *         history. The user's messages are in every answer. Without `resources` no changes travel, the cursor stays below
 *         those that came after the last message, and 0 answers the messages that still live
 * Errors  BAD_PARAMETER; LOGIN_REQUIRED, also when the user was revoked while it waited; those of LiveConnections
 */
export async function answerPoll({ parts, live }: PollParts, request: Request): Promise<PollAnswer> {
  const { audience } = contextOf(request);
  const query = queryOf(request);
  const isPlain = !query.has('resources');
  const { since: _, ...wanted } = subscriptionOfQuery(query);
  const waitMs = readWait(query.get('wait')) * 1000;
  const connection = live.open({ request, audience, client: 'poll', transport: 'poll' });
  try {
    const { feed } = await connection.prepare({
      ...wanted,
      ...(isPlain ? { resources: [] } : {}),
      messages: audience.user !== null,
    });
    const head: LogPosition = { epoch: parts.log.epoch, seq: parts.log.head() };
    const since = await readSince(parts, query.get('since'));
    const isStart = since === null;
    const events: SyncEvent[] = [];
    let bytes = 0;
    let place = since ?? (isPlain ? await livingFrom(parts) : head);
    let { epoch } = place;
    if (isStart && !isPlain)
      events.push({ type: 'reset', cursor: formatCursor(head), scope: 'changes', reason: 'start' });
    const stop = new AbortController();
    const end = () => stop.abort();
    // Without a wait there is no timer: everything that exists is read, however long that takes.
    const timer = waitMs > 0 ? setTimeout(end, waitMs) : undefined;
    connection.signal.addEventListener('abort', end);
    // Who comes or goes while this waits ends the wait; the first word of a channel says what the answer has anyway.
    const stops = feed.subscription.channels.map((channel) =>
      parts.presence.follow(channel, ({ event }) => void (event === 'sync' || end())),
    );
    request.once('close', end);
    const isCaughtUp = () => epoch === parts.log.epoch && place.seq >= parts.log.head();
    const teller = createTeller(feed, () => undefined);
    const membersNow = () => feed.subscription.channels.map((channel) => live.membersOf(channel));
    // Who starts here has his answer: where he starts.
    let isWaiting = waitMs > 0 && (!isStart || isPlain);
    const add = (told: readonly { readonly event: SyncEvent }[]) => {
      for (const { event } of told) {
        // Who starts here was promised nothing of what is over.
        if (isStart && event.type === 'reset' && event.reason === 'expired') continue;
        addEvent(events, event);
        bytes += Buffer.byteLength(JSON.stringify(event));
      }
    };
    try {
      const members = query.get('members');
      if (isWaiting && members !== null && feed.subscription.channels.length > 0) {
        await parts.presence.refresh();
        isWaiting = digestOf(membersNow()) === members;
      }
      // Beyond what this node knows is what another one wrote, or nothing: then what follows says so, and does not wait.
      const isAhead = place.seq > parts.log.head() && (await live.log.read(place.seq, 1)).head < place.seq;
      if (!isWaiting && !isAhead && isCaughtUp()) end();
      for await (const item of follow({ log: live.log, after: place, signal: stop.signal })) {
        if (item.type === 'reset') {
          place = item.head;
          ({ epoch } = place);
          events.push({ type: 'reset', cursor: formatCursor(item.head), scope: 'changes', reason: item.reason });
        } else {
          place = { epoch, seq: item.entry.seq };
          add(await teller.take(item.entry));
          if (isCaughtUp()) add(await teller.flush());
        }
        const isFull = events.length >= pollLimits.maxMessages || bytes >= pollLimits.maxBytes;
        if (isFull || (isCaughtUp() && (events.length > 0 || !isWaiting))) break;
      }
      add(await teller.flush());
    } finally {
      teller.close();
      for (const unfollow of stops) unfollow();
      clearTimeout(timer);
      request.off('close', end);
    }
    const timestamp = await timeAt(parts, place.seq);
    // Changes do not travel here: the cursor stays below them, so that they come when they are asked for.
    if (isPlain) place = lastTold(events) ?? since ?? head;
    const recovered = !events.some((event) => event.type === 'reset' && event.reason !== 'forced');
    if (feed.subscription.channels.length > 0) await parts.presence.refresh();
    const channels = membersNow();
    const messages = isPlain ? events.map(toPlain) : [...events, ...channels];
    const members = channels.length === 0 ? {} : { members: digestOf(channels) };
    const cursor = formatCursor(place);
    // Read with rights that ended meanwhile; nothing is lost, as `since` is still his.
    connection.refuseRevoked();
    const closing = connection.signal.reason === 'closing' ? { closing: true as const } : {};
    const user_id = audience.user?.id ?? null;
    return {
      success: true,
      messages,
      timestamp,
      count: messages.length,
      cursor,
      recovered,
      user_id,
      ...members,
      ...closing,
    };
  } finally {
    connection.end();
  }
}

/** One hole is told once, and counts of one record become one: from before the first to after the last. */
function addEvent(events: SyncEvent[], event: SyncEvent): void {
  const isHole = (known: SyncEvent) => known.type === 'reset' && known.reason === 'expired';
  if (isHole(event) && events.some(isHole)) return;
  if (event.type !== 'change' || !event.change.counts) {
    events.push(event);
    return;
  }
  const { resource, id, record } = event.change;
  const isSame = (known: SyncEvent) =>
    known.type === 'change' &&
    known.change.counts !== undefined &&
    known.change.resource === resource &&
    known.change.id === id;
  const index = events.findIndex(isSame);
  const [earlier] = index === -1 ? [] : events.splice(index, 1);
  const before = earlier?.type === 'change' ? earlier.change.before : event.change.before;
  const patch = before && record ? diff(before, record) : event.change.patch;
  events.push({ ...event, change: { ...event.change, before, patch } });
}

function toPlain(event: SyncEvent): PlainMessage {
  if (event.type === 'message') return toPlainMessage(event.cursor, event.message);
  const cursor = 'cursor' in event ? event.cursor : '';
  const payload: JsonObject = event.type === 'reset' ? { scope: event.scope, reason: event.reason } : {};
  return { id: cursor, type: event.type, payload, timestamp: Date.now(), cursor, user_id: null };
}

/** Equal for the same members with the same states. */
function digestOf(channels: readonly PresenceEvent[]): string {
  const members = channels.map(({ channel, members }) => [channel, members.map(({ key, user, state }) => [key, user.id, state])]);
  return createHash('sha256').update(canonicalJson(members)).digest('base64url').slice(0, 22);
} // prettier-ignore

function lastTold(events: readonly SyncEvent[]): LogPosition | null {
  const last = events.at(-1);
  return last && 'cursor' in last ? parseCursor(last.cursor) : null;
}

/** The place before the oldest message that may still live. */
async function livingFrom({ log }: RealtimeParts): Promise<LogPosition> {
  return { epoch: log.epoch, seq: await log.placeAt(Date.now() - messageLimits.lifetimeMs) };
}

function readWait(value: string | null): number {
  if (value === null) return 0;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= pollLimits.maxWaitSeconds) return seconds;
  throw new SyncError('BAD_PARAMETER', `"wait" has to be seconds from 0 to ${pollLimits.maxWaitSeconds}.`);
}

/** Null for the beginning: no `since`, or 0. */
async function readSince(parts: RealtimeParts, value: string | null): Promise<LogPosition | null> {
  if (value === null || value === '' || value === '0') return null;
  const cursor = parseCursor(value);
  if (cursor) return cursor;
  if (/^\d{1,16}$/.test(value)) return { epoch: parts.log.epoch, seq: await parts.log.placeAt(Number(value)) };
  throw new SyncError('BAD_PARAMETER', '"since" has to be a cursor, 0, or a time in milliseconds since 1970.');
}

async function timeAt(parts: RealtimeParts, seq: number): Promise<number> {
  if (seq <= 0) return 0;
  const page = await parts.log.read(seq - 1, 1).catch(() => null);
  const entry = page?.entries[0];
  return entry?.seq === seq ? entry.at : 0;
}
