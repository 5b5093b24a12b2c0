import { once } from 'node:events';
import type { Request, Response } from 'express';
import { formatCursor } from '../../../shared/cursor.ts';
import { follow, type FollowItem } from '../../log/follow.ts';
import { contextOf } from '../../requestContext.ts';
import type { Connections } from './connections.ts';
import { createCountFold } from './countFold.ts';
import type { EventWriter } from './eventWriter.ts';
import { followedResource, isCount } from './projectCounts.ts';
import { startPosition, wantedResources, type RealtimeParts } from './subscription.ts';

/** What a stream needs beside the log. */
export interface EventStreamOptions {
  readonly parts: RealtimeParts;
  readonly writer: EventWriter;
  readonly connections: Connections;
  /** Ends every stream when the installation closes. */
  readonly closing: AbortSignal;
  /** Asks again who the request is from; a stream whose user changed or went away ends. */
  readonly isStillAllowed: (request: Request) => Promise<boolean>;
  readonly heartbeatMs: number;
  /** How often permission to listen is asked for again. */
  readonly recheckMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Server-sent events: a reader of the log whose place is the `id` of its last event.
 *
 * A slow client is not buffered for: nothing is read from the log while its socket is full, and it catches up from there.
 * Heartbeats carry the place too, without data: a quiet subscription must not fall behind what the log keeps.
 *
 * Source  HTML Living Standard, server-sent events
 * Errors  those of wantedResources, startPosition and connections, as long as nothing was sent; after that the stream is a 200
 */
export async function sendEventStream(
  options: EventStreamOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const { parts, closing } = options;
  const { identity, audience } = contextOf(request);
  const resources = wantedResources(parts, request);
  const start = startPosition(parts.log, request);
  const leave = options.connections.enter(identity.user?.id ?? request.ip ?? 'unknown');
  const ended = new AbortController();
  const end = () => ended.abort();
  response.once('close', end);
  closing.addEventListener('abort', end);
  /** Everything up to here was told or is not for this reader. */
  let place = formatCursor(start.position);
  /** Everything up to here was read; above `place` only while counts are held. */
  let readUpTo = place;
  const heartbeat = setInterval(() => response.write(`id: ${place}\n\n`), options.heartbeatMs);
  const recheck = setInterval(() => {
    options.isStillAllowed(request).then((allowed) => allowed || end(), options.onError);
  }, options.recheckMs);
  const tell = async (json: string): Promise<void> => {
    if (!response.write(`id: ${place}\ndata: ${json}\n\n`)) await drained(response, ended.signal);
  };
  const fold = createCountFold({ onDue: () => void inTurn(tellCounts).catch(options.onError) });
  const tellCounts = async (): Promise<void> => {
    for (const { first, last } of fold.take()) {
      const written = await options.writer.write(last, audience, first);
      if (ended.signal.aborted) return;
      place = formatCursor({ epoch: parts.log.epoch, seq: last.seq });
      if (written) await tell(written.json);
    }
    if (!fold.isHolding) place = readUpTo;
  };
  // The loop and the fold's timer write to one response: one after the other.
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work));
  const take = async (item: FollowItem): Promise<void> => {
    if (item.type === 'entry') {
      const { entry } = item;
      const isTold = entry.kind === 'change' && resources.has(followedResource(entry));
      if (isTold && isCount(entry)) fold.hold(entry);
      const written = isTold && !isCount(entry) ? await options.writer.write(entry, audience) : null;
      if (written && fold.isHolding) await tellCounts();
      readUpTo = formatCursor({ epoch: parts.log.epoch, seq: entry.seq });
      if (!fold.isHolding) place = readUpTo;
      if (written) await tell(written.json);
    } else {
      fold.take();
      place = readUpTo = formatCursor(item.head);
      await tell(resetEvent(item.reason, place));
    }
  };
  try {
    open(response, place);
    for await (const item of follow({
      log: parts.log,
      after: start.position,
      signal: ended.signal,
      onError: options.onError,
    }))
      await inTurn(() => take(item));
  } finally {
    clearInterval(heartbeat);
    clearInterval(recheck);
    fold.close();
    closing.removeEventListener('abort', end);
    leave();
    response.end();
  }
}

function open(response: Response, place: string): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // no-transform: a proxy that compresses would hold events back. X-Accel-Buffering: so would nginx.
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(`retry: 1000\nid: ${place}\n\n`);
}

/** A reset inside a 200 stream: any other status would end an EventSource for good. */
function resetEvent(reason: string, cursor: string): string {
  return JSON.stringify({ type: 'reset', cursor, scope: 'changes', reason });
}

async function drained(response: Response, signal: AbortSignal): Promise<void> {
  // An aborted wait is how a stream ends while its client reads nothing; the loop sees the signal.
  await once(response, 'drain', { signal }).catch(() => undefined);
}
