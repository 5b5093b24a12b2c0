import express, { type Request, type Response, type Router } from 'express';
import type { JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { readNodeBody } from '../../shared/webhooks/nodeRequest.ts';
import { handle } from '../handle.ts';
import type { Logger } from '../logger.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { contextOf } from '../requestContext.ts';
import { keyLifetimeMs } from '../stores/keyLifetime.ts';
import type { StateStore } from '../stores/store.ts';
import type { Identities, IdentityOutcome } from './createIdentities.ts';
import type { IdentitySource } from './identitySource.ts';
import { isFuture } from './isFuture.ts';

/** What the routes stand on. */
export interface InboundRoutesOptions {
  readonly sources: ReadonlyMap<string, IdentitySource>;
  readonly identities: Identities;
  readonly state: StateStore;
  readonly maxDepth: number;
  readonly logger: Logger;
  readonly now?: () => number;
}

/** Bytes of a call of a source. */
const maxCallBytes = 262_144;
/** Deliveries that were taken, so that a repeat costs one look. */
const takenBucket = 'inbound';

/**
 * `POST /clerk` and `POST /in/:source`: signed events of identities. Nothing is looked at before the signature is right.
 *
 * Source  docs/clerk.md
 */
export function inboundRoutes(options: InboundRoutesOptions): Router {
  const router = express.Router();
  const route = (nameOf: (request: Request) => string) =>
    handle(async (request, response) => {
      response.set('Cache-Control', 'no-store');
      const name = nameOf(request);
      const source = options.sources.get(name);
      if (source === undefined) throw notReceived(name);
      if (request.method !== 'POST') {
        response.set('Allow', 'POST');
        throw new SyncError('METHOD_NOT_ALLOWED', 'This address takes POST.', { extensions: { allowed: ['POST'] } });
      }
      await receive(options, { name, source }, request, response);
    });
  router.all(
    '/clerk',
    route(() => 'clerk'),
  );
  router.all(
    '/in/:source',
    route((request) => String(request.params['source'])),
  );
  return router;
}

async function receive(
  { identities, state, maxDepth, logger, now = Date.now }: InboundRoutesOptions,
  { name, source }: { readonly name: string; readonly source: IdentitySource },
  request: Request,
  response: Response,
): Promise<void> {
  const body = await rawBody(request);
  const verdict = await source.verify({ headers: request.headers, body });
  if (!verdict.ok) {
    throw new SyncError(
      'SIGNATURE_INVALID',
      `This call is not signed as ${source.title} signs, or not within five minutes. Compare the secrets and the clocks.`,
      { extensions: { reason: verdict.reason } },
    );
  }
  const { id, timestamp } = verdict;
  // A key of the store, and a line of the log.
  if (id.length > 256) throw new SyncError('BAD_PARAMETER', 'The id of the delivery is longer than 256 characters.');
  const content = parse(body);
  inspectJson(content, maxDepth);
  const { type, events } = source.read(content, { id, timestamp });
  if (events.some(({ at, sentAt }) => isFuture(Math.max(at, sentAt), timestamp.getTime()))) throw datedInFuture();
  const line = { source: name, type: type.slice(0, 100), deliveryId: id, requestId: contextOf(request).requestId };
  const key = `${name}/${id}`;
  let outcome: IdentityOutcome | 'ignored' | 'duplicate' = 'ignored';
  if ((await state.get(takenBucket, key)) !== null) outcome = 'duplicate';
  else {
    try {
      for (const event of events) {
        const became = await identities.take({ source: name, title: source.title }, event, id);
        if (outcome !== 'applied') outcome = became;
      }
    } catch (error) {
      const code = error instanceof SyncError ? error.code : 'INTERNAL';
      logger.warn({ ...line, code }, `${source.title} webhook not taken`);
      throw error;
    }
    if (events.length > 0) await state.put(takenBucket, key, 1, { expiresAt: now() + keyLifetimeMs });
  }
  logger.info({ ...line, outcome }, `${source.title} webhook received`);
  response.json({ outcome });
}

async function rawBody(request: Request): Promise<Uint8Array> {
  const body = await readNodeBody(request, maxCallBytes);
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

function parse(body: Uint8Array): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonValue;
  } catch (cause) {
    throw new SyncError('BODY_NOT_JSON', 'The body is not JSON in UTF-8.', { cause });
  }
}

function datedInFuture(): SyncError {
  const message = 'A time that has come was expected, not one after the call was signed.';
  return new SyncError('INVALID', 'The event is dated in the future; nothing was stored.', {
    extensions: { errors: [{ path: '/data/updated_at', code: 'future', message }] },
  });
}

function notReceived(name: string): SyncError {
  return new SyncError(
    'NOT_FOUND',
    name === 'clerk'
      ? 'Users of Clerk are not received here. Set CLERK_WEBHOOK_SECRET, or "inbound.clerk.secret" of createSync.'
      : 'There is no such source here. Declare it in "inbound.sources" of createSync.',
  );
}
