import type { Request } from 'express';
import { formatCursor, parseCursor, type LogPosition } from '../../../shared/cursor.ts';
import { diff } from '../../../shared/merge/index.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import { follow } from '../../log/follow.ts';
import { contextOf } from '../../requestContext.ts';
import type { EventWriter } from './eventWriter.ts';
import { followedResource } from './projectCounts.ts';
import { wantedResources, type RealtimeParts } from './subscription.ts';

/** The answer of a poll; the first four are the fields that older clients know. */
export interface PollAnswer {
  readonly success: true;
  readonly messages: readonly SyncEvent[];
  /** Milliseconds since 1970 of the last entry read, so that sending it back as `since` loses nothing. */
  readonly timestamp: number;
  readonly count: number;
  readonly cursor: string;
  /** False when something was missed for good and everything has to be loaded again. */
  readonly recovered: boolean;
}

/** Limits of one poll. */
export const pollLimits = { maxMessages: 500, maxWaitSeconds: 30 } as const;

/**
 * Answers what came after `since`, waiting up to `wait` seconds for the first of it.
 *
 * Shape   since is a cursor, 0, or milliseconds since 1970. 0 with `resources` answers a reset and the head: a poll is no history.
 *         Without `resources` no changes travel, and the cursor stays where it was sent, so that they come when they are asked for
 * Errors  BAD_PARAMETER; those of wantedResources
 */
export async function answerPoll(
  parts: RealtimeParts,
  writer: EventWriter,
  request: Request,
  closing: AbortSignal,
): Promise<PollAnswer> {
  const named = request.query['resources'] !== undefined;
  const resources = wantedResources(parts, request);
  const { audience } = contextOf(request);
  const waitMs = readWait(request.query['wait']) * 1000;
  const head: LogPosition = { epoch: parts.log.epoch, seq: parts.log.head() };
  const after = await readSince(parts, request.query['since']);
  const messages: SyncEvent[] = [];
  let place = after ?? head;
  let recovered = true;
  if (after === null && named) {
    messages.push({ type: 'reset', cursor: formatCursor(head), scope: 'changes', reason: 'start' });
    recovered = false;
  }
  if (after !== null || waitMs > 0) {
    const stop = new AbortController();
    const end = () => stop.abort();
    // Without a wait there is no timer: everything that exists is read, however long that takes.
    const timer = waitMs > 0 ? setTimeout(end, waitMs) : undefined;
    closing.addEventListener('abort', end);
    request.once('close', end);
    try {
      const isCaughtUp = () => place.epoch === parts.log.epoch && place.seq === parts.log.head();
      if (waitMs === 0 && isCaughtUp()) end();
      for await (const item of follow({ log: parts.log, after: place, signal: stop.signal })) {
        if (item.type === 'reset') {
          place = item.head;
          recovered = false;
          messages.push({ type: 'reset', cursor: formatCursor(item.head), scope: 'changes', reason: item.reason });
        } else if (!named) {
          // The place is known here, which is all that this poll asks; reading on would be for nothing.
          if (waitMs > 0) await abortOf(stop.signal);
          break;
        } else {
          place = { epoch: parts.log.epoch, seq: item.entry.seq };
          if (item.entry.kind === 'change' && resources.has(followedResource(item.entry))) {
            const told = await writer.write(item.entry, audience);
            if (told) addFolded(messages, told.event);
          }
        }
        if (messages.length >= pollLimits.maxMessages || (isCaughtUp() && (messages.length > 0 || waitMs === 0))) break;
      }
    } finally {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
      request.off('close', end);
    }
  }
  const timestamp = await timeAt(parts, place.seq);
  return { success: true, messages, timestamp, count: messages.length, cursor: formatCursor(place), recovered };
}

/** Counts of one record become one: from before the first to after the last. */
function addFolded(messages: SyncEvent[], event: SyncEvent): void {
  if (event.type !== 'change' || !event.change.counts) {
    messages.push(event);
    return;
  }
  const { resource, id, record } = event.change;
  const isSame = (known: SyncEvent) =>
    known.type === 'change' &&
    known.change.counts !== undefined &&
    known.change.resource === resource &&
    known.change.id === id;
  const index = messages.findIndex(isSame);
  const [earlier] = index === -1 ? [] : messages.splice(index, 1);
  const before = earlier?.type === 'change' ? earlier.change.before : event.change.before;
  const patch = before && record ? diff(before, record) : event.change.patch;
  messages.push({ ...event, change: { ...event.change, before, patch } });
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function readWait(value: unknown): number {
  if (value === undefined) return 0;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= pollLimits.maxWaitSeconds) return seconds;
  throw new SyncError('BAD_PARAMETER', `"wait" has to be seconds from 0 to ${pollLimits.maxWaitSeconds}.`);
}

/** Null for the beginning: no `since`, or 0. */
async function readSince(parts: RealtimeParts, value: unknown): Promise<LogPosition | null> {
  if (value === undefined || value === '' || value === '0') return null;
  if (typeof value === 'string') {
    const cursor = parseCursor(value);
    if (cursor) return cursor;
    if (/^\d{1,16}$/.test(value)) return { epoch: parts.log.epoch, seq: await parts.log.placeAt(Number(value)) };
  }
  throw new SyncError('BAD_PARAMETER', '"since" has to be a cursor, 0, or a time in milliseconds since 1970.');
}

async function timeAt(parts: RealtimeParts, seq: number): Promise<number> {
  if (seq <= 0) return 0;
  const page = await parts.log.read(seq - 1, 1).catch(() => null);
  const entry = page?.entries[0];
  return entry?.seq === seq ? entry.at : 0;
}
