import express, { type Request, type Router } from 'express';
import type { Actor } from '../../../shared/change.ts';
import { parseCursor, type LogPosition } from '../../../shared/cursor.ts';
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { Core } from '../../core.ts';
import { handle } from '../../handle.ts';
import type { DeliveryDetail, DeliveryLog } from '../../log/deliveryLog.ts';
import type { DeliverNow, ResendTarget } from './deliverNow.ts';
import { toDeliveryAnswer } from './endpointAnswer.ts';
import type { EndpointManager } from './endpointManager.ts';
import type { Endpoint } from './webhooksResource.ts';

/** What the routes stand on. */
export interface DeliveryRoutesOptions {
  readonly core: Core;
  readonly manager: EndpointManager;
  readonly deliveries: () => DeliveryLog;
  readonly deliverNow: DeliverNow;
  readonly find: (request: Request) => Promise<Endpoint>;
  readonly readBody: (request: Request) => Promise<JsonValue>;
  readonly actor: (request: Request) => Actor;
}

const defaultLimit = 50;
const maxLimit = 200;

/** What was sent to an endpoint, and calls on demand: below `/:id`, behind the check of who asks. */
export function deliveryRoutes(options: DeliveryRoutesOptions): Router {
  const { core, manager, deliveries, deliverNow, find, actor } = options;
  const router = express.Router();

  async function findDelivery(request: Request): Promise<{ endpoint: Endpoint; delivery: DeliveryDetail }> {
    const endpoint = await find(request);
    const id = String(request.params['delivery']);
    const delivery = /^[\w-]{1,64}$/.test(id) ? await deliveries().get(endpoint.id, id) : null;
    if (delivery === null) throw new SyncError('NOT_FOUND', 'There is no such delivery, or it is no longer kept.');
    return { endpoint, delivery };
  }

  router.post('/:id/test', handle(async (request, response) => {
    response.json(toDeliveryAnswer(await deliverNow.test(await find(request))));
  })); // prettier-ignore

  router.post('/:id/replay', handle(async (request, response) => {
    const endpoint = await find(request);
    const after = await readSince(core, await options.readBody(request));
    response.status(202).json(await manager.replay(endpoint, after, actor(request)));
  })); // prettier-ignore

  router.get('/:id/deliveries', handle(async (request, response) => {
    const endpoint = await find(request);
    const { limit, before, outcome } = readPage(request);
    const page = { limit, ...(before === undefined ? {} : { before }), ...(outcome === undefined ? {} : { outcome }) };
    const { rows, next } = await deliveries().list(endpoint.id, page);
    if (next !== null) {
      const query = new URLSearchParams({ limit: String(limit), before: next, ...(outcome ? { outcome } : {}) });
      response.set('Link', `<${request.baseUrl}${request.path}?${query.toString()}>; rel="next"`);
    }
    response.json(rows.map(toDeliveryAnswer));
  })); // prettier-ignore

  router.get('/:id/deliveries/:delivery', handle(async (request, response) => {
    response.json(toDeliveryAnswer((await findDelivery(request)).delivery));
  })); // prettier-ignore

  router.post('/:id/deliveries/:delivery/resend', handle(async (request, response) => {
    const { endpoint, delivery } = await findDelivery(request);
    refuseUnheard(endpoint, delivery.resource);
    response.json(toDeliveryAnswer(await deliverNow.resend(endpoint, delivery, actor(request))));
  })); // prettier-ignore

  router.post('/:id/resend', handle(async (request, response) => {
    const endpoint = await find(request);
    const target = readTarget(core, endpoint, await options.readBody(request));
    response.json(toDeliveryAnswer(await deliverNow.resendRecord(endpoint, target, actor(request))));
  })); // prettier-ignore

  return router;
}

function readPage({ query }: Request): { limit: number; before: string | undefined; outcome: 'failed' | undefined } {
  const { limit = String(defaultLimit), before, outcome } = query;
  if (typeof limit !== 'string' || !/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > maxLimit)
    throw new SyncError('BAD_PARAMETER', `"limit" has to be a whole number from 1 to ${maxLimit}.`);
  if (before !== undefined && (typeof before !== 'string' || !/^[\w-]{1,64}$/.test(before)))
    throw new SyncError('BAD_PARAMETER', '"before" has to be the id of a delivery.');
  if (outcome !== undefined && outcome !== 'failed')
    throw new SyncError('BAD_PARAMETER', '"outcome" can only be "failed"; leave it out for all.');
  return { limit: Number(limit), before, outcome };
}

/** The record that is to be sent again: one of those that the endpoint hears of. */
function readTarget(core: Core, endpoint: Endpoint, body: JsonValue): ResendTarget {
  const { resource, id } = isJsonObject(body) ? body : {};
  if (typeof resource !== 'string' || typeof id !== 'string')
    throw new SyncError('BAD_PARAMETER', 'Send { "resource": …, "id": … }: the record that is to be sent again.');
  if (!core.resources.has(resource)) throw new SyncError('NOT_FOUND', `There is no resource "${resource}".`);
  refuseUnheard(endpoint, resource);
  return { resource, recordId: id };
}

/** What is sent again is somebody's own wish, and yet nothing that the endpoint is not to see: its filter may be narrower by now. */
function refuseUnheard({ resources }: Endpoint, resource: string | null): void {
  if (resource !== null && resources !== null && !resources.includes(resource))
    throw new SyncError('BAD_PARAMETER', `This endpoint does not hear of "${resource}"; its filter says so.`);
}

/** Where a replay begins: after a cursor, or at a time. */
async function readSince(core: Core, body: JsonValue): Promise<LogPosition> {
  const { log } = core.store;
  const since = isJsonObject(body) ? body['since'] : undefined;
  const cursor = typeof since === 'string' ? parseCursor(since) : null;
  if (cursor !== null) return cursor;
  const time = typeof since === 'string' && /^\d{4}-\d\d-\d\d/.test(since) ? Date.parse(since) : since;
  if (typeof time !== 'number' || !Number.isFinite(time) || time < 0)
    throw new SyncError(
      'BAD_PARAMETER',
      'Send { "since": … }: a cursor, a time such as 2026-01-31T08:00:00Z, or milliseconds since 1970.',
    );
  // The place of what was made before that moment. That nothing so old is kept means that something after it may be gone too.
  const seq = await log.placeAt(time - 1);
  const { floor } = await log.read(seq, 1);
  return { epoch: log.epoch, seq: floor > 0 && seq <= floor ? floor - 1 : seq };
}
