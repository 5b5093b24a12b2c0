import type { Request, Response } from 'express';
import { formatCursor } from '../../../shared/cursor.ts';
import { SyncError, toProblem } from '../../../shared/problem.ts';
import { identityEnded } from '../../auth/revocations.ts';
import { contextOf } from '../../requestContext.ts';
import type { EndReason, LiveConnections } from './liveConnections.ts';
import { createStreamSink } from './streamSink.ts';
import { queryOf, subscriptionOfQuery } from './subscription.ts';

/**
 * Server-sent events: a reader of the log whose place is the `id` of its last event.
 *
 * A slow client is not buffered for: nothing is read from the log while its socket is full, and it catches up from there.
 * One that takes nothing for two heartbeats is gone. Heartbeats carry the place too, without data: a quiet subscription must
 * not fall behind what the log keeps.
 *
 * Units   heartbeatMs milliseconds
 * Source  HTML Living Standard, server-sent events
 * Errors  those of LiveConnections, as long as nothing was sent; after that the stream is a 200
 */
export async function sendEventStream(
  { live, heartbeatMs }: { readonly live: LiveConnections; readonly heartbeatMs: number },
  request: Request,
  response: Response,
): Promise<void> {
  // Gone while it was asked who it is: its `close` was told before anybody listened.
  if (response.destroyed) return;
  if (request.method === 'HEAD') throw new SyncError('METHOD_NOT_ALLOWED', 'A stream is opened with GET.');
  const { identity, audience } = contextOf(request);
  const query = subscriptionOfQuery(queryOf(request));
  // After a reconnect the address still has the old `since`. An empty id is none: a stream that was told no place yet.
  const since = request.get('last-event-id') || query.since;
  const client = identity.user?.id ?? request.ip ?? 'unknown';
  const connection = live.open({ request, audience, client, transport: 'sse' });
  response.once('close', () => connection.end());
  try {
    const prepared = await connection.prepare({ ...query, ...(since === undefined ? {} : { since }) });
    connection.refuseRevoked();
    begin(response, formatCursor(prepared.after));
    const reader = connection.follow(
      prepared,
      createStreamSink(response, (event) => event.sse),
    );
    let silentBeats = 0;
    const heartbeat = setInterval(() => {
      silentBeats = response.writableNeedDrain ? silentBeats + 1 : 0;
      if (silentBeats >= 2) response.destroy();
      else if (silentBeats === 0) response.write(`id: ${formatCursor(reader.place)}\n\n`);
    }, heartbeatMs);
    await reader.ended.finally(() => clearInterval(heartbeat));
  } finally {
    const reason = connection.signal.reason as EndReason | undefined;
    if (response.headersSent && (reason === 'closing' || reason === 'revoked')) spreadReturn(response);
    if (response.headersSent && reason === 'revoked') sayEnded(response);
    connection.end();
    if (response.headersSent) endSoon(response, heartbeatMs);
  }
}

/** The status of the answer was sent long ago: why it ends is the last event. It has no place, as it brings nobody further. */
function sayEnded(response: Response): void {
  response.write(`data: ${JSON.stringify({ type: 'error', problem: toProblem(identityEnded()) })}\n\n`);
}

/** Each client gets a moment of its own to come back, so that the next node does not meet all of them at once. */
function spreadReturn(response: Response): void {
  response.write(`retry: ${Math.round(500 + Math.random() * 4_500)}\n\n`);
}

/** Ends the answer; a client that takes nothing of the rest is not waited for longer than a heartbeat. */
function endSoon(response: Response, waitMs: number): void {
  response.end();
  if (response.closed) return;
  const timer = setTimeout(() => response.destroy(), waitMs).unref();
  response.once('close', () => clearTimeout(timer));
}

function begin(response: Response, place: string): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // no-transform: a proxy that compresses would hold events back. X-Accel-Buffering: so would nginx.
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(`retry: 1000\nid: ${place}\n\n`);
}
