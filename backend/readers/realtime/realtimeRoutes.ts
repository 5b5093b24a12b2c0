import express, { type Request, type Router } from 'express';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { handle } from '../../handle.ts';
import { contextOf } from '../../requestContext.ts';
import { createConnections, type ConnectionLimits } from './connections.ts';
import { createEventWriter } from './eventWriter.ts';
import { sendEventStream } from './eventStream.ts';
import { answerPoll } from './poll.ts';
import { wantedResources, type RealtimeParts } from './subscription.ts';

/** How live connections behave. */
export interface RealtimeOptions extends Partial<ConnectionLimits> {
  /** Time between two signs of life on a quiet stream. Default 25,000. */
  readonly heartbeatMs?: number;
  /** Time after which an open stream is asked again whether its user may listen. Default 60,000. */
  readonly recheckMs?: number;
}

/** What the realtime routes get from createSync. */
export interface RealtimeRoutesOptions extends RealtimeOptions {
  readonly parts: RealtimeParts;
  readonly isStillAllowed: (request: Request) => Promise<boolean>;
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** `/stream`, `/poll` and `/snapshot`: the log as clients follow it. `connections` counts what is open. */
export function realtimeRoutes(options: RealtimeRoutesOptions): { router: Router; connections: () => number } {
  const { parts, closing, onError, isStillAllowed } = options;
  const router = express.Router();
  const writer = createEventWriter(parts);
  const connections = createConnections({
    maxConnections: options.maxConnections ?? 10_000,
    maxConnectionsPerClient: options.maxConnectionsPerClient ?? 50,
  });
  const stream = {
    parts, writer, connections, closing, onError, isStillAllowed,
    heartbeatMs: options.heartbeatMs ?? 25_000,
    recheckMs: options.recheckMs ?? 60_000,
  }; // prettier-ignore

  router.get(
    '/stream',
    handle((request, response) => sendEventStream(stream, request, response)),
  );
  router.get('/poll', handle(async (request, response) => {
    const answer = await answerPoll(parts, writer, request, closing);
    if (!response.destroyed) response.set('Cache-Control', 'no-store').json(answer);
  })); // prettier-ignore
  router.get('/snapshot', handle(async (request, response) => {
    const names = wantedResources(parts, request);
    // Before the rows, for the same reason as X-Sync-Cursor.
    const cursor = formatCursor({ epoch: parts.log.epoch, seq: parts.log.head() });
    const records: Record<string, JsonObject | readonly JsonObject[] | null> = {};
    for (const name of names) records[name] = await readable(options, request, name);
    response.set('Cache-Control', 'no-cache').vary('Cookie').vary('Authorization').set('X-Sync-Cursor', cursor).json({ cursor, records });
  })); // prettier-ignore
  return { router, connections: () => connections.count };
}

async function readable(
  options: RealtimeRoutesOptions,
  request: Request,
  name: string,
): Promise<JsonObject | readonly JsonObject[] | null> {
  const { permissions, resources } = options.parts;
  const resource = resources.get(name);
  if (!resource) return null;
  const { audience } = contextOf(request);
  const published = permissions.followsPublished(audience);
  const records = (await options.parts.counters.list(resource))
    .map((stored) => permissions.view(audience, resource, published ? stored.published : stored.record))
    .filter((record) => record !== null);
  return resource.single ? (records[0] ?? null) : records;
}
