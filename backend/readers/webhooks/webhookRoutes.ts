import express, { type Request, type Response, type Router } from 'express';
import type { JsonValue } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { actorOf } from '../../auth/actorOf.ts';
import type { Core } from '../../core.ts';
import { handle } from '../../handle.ts';
import { inspectJson } from '../../records/inspectJson.ts';
import { bodyKind, readJsonBody } from '../../records/readJsonBody.ts';
import { idOf, refuseUnless } from '../../records/recordTarget.ts';
import { contextOf } from '../../requestContext.ts';
import type { DeliveryLog } from '../../log/deliveryLog.ts';
import type { StateStore } from '../../stores/store.ts';
import type { DeliverNow } from './deliverNow.ts';
import { deliveryRoutes } from './deliveryRoutes.ts';
import { toEndpointAnswer } from './endpointAnswer.ts';
import type { EndpointManager } from './endpointManager.ts';
import { webhooksBucket } from './endpointState.ts';
import type { EndpointWorkers } from './endpointWorkers.ts';
import { readRegistration } from './readRegistration.ts';
import { toEndpoint, webhooksResource, type Endpoint } from './webhooksResource.ts';

/** What the routes stand on. */
export interface WebhookRoutesOptions {
  readonly core: Core;
  readonly state: StateStore;
  readonly manager: EndpointManager;
  readonly workers: () => EndpointWorkers;
  readonly deliveries: () => DeliveryLog;
  readonly deliverNow: DeliverNow;
  readonly now: () => number;
}

/**
 * Managing endpoints, for users who may `configure`.
 *
 * Source  docs/webhooks.md
 */
export function webhookRoutes(options: WebhookRoutesOptions): Router {
  const { core, state, manager } = options;
  const router = express.Router();
  const actor = (request: Request) => actorOf(contextOf(request).identity.user);

  async function find(request: Request): Promise<Endpoint> {
    const id = idOf(request, webhooksResource);
    const endpoint = toEndpoint(await core.store.load(webhooksResource.name, id));
    if (endpoint === null) throw new SyncError('NOT_FOUND', `There is no webhook "${id}".`);
    return endpoint;
  }

  async function readBody(request: Request): Promise<JsonValue> {
    if (bodyKind(request.get('content-type')) !== 'fields') throw new SyncError('MEDIA_TYPE', 'Send application/json.');
    const body = await readJsonBody(request, core.limits.maxBodyBytes);
    inspectJson(body, core.limits.maxDepth);
    return body;
  }

  router.use((request, response, next) => {
    refuseUnless(core, request, 'configure', webhooksResource);
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/', handle(async (_request, response) => {
    const endpoints = (await core.store.list(webhooksResource.name)).flatMap((stored) => toEndpoint(stored) ?? []);
    const states = new Map((await state.list(webhooksBucket)).map(({ key, value }) => [key, value]));
    response.json(await Promise.all(endpoints.map((endpoint) => toEndpointAnswer(options, endpoint, states.get(endpoint.id) ?? null))));
  })); // prettier-ignore

  router.post('/', handle(async (request, response) => {
    const wanted = readRegistration(await readBody(request), core);
    const { endpoint, secret } = await manager.register({ ...wanted, url: wanted.url ?? '' }, actor(request));
    response.status(201).location(`${request.baseUrl}/${endpoint.id}`);
    response.json({ ...(await toEndpointAnswer(options, endpoint)), secret });
  })); // prettier-ignore

  router.get('/:id', handle(async (request, response) => {
    response.json(await toEndpointAnswer(options, await find(request)));
  })); // prettier-ignore

  router.patch('/:id', handle(async (request, response) => {
    const endpoint = await find(request);
    const wanted = readRegistration(await readBody(request), core, endpoint);
    response.json(await toEndpointAnswer(options, await manager.change(endpoint, wanted, actor(request))));
  })); // prettier-ignore

  router.delete('/:id', handle(async (request, response) => {
    const { id } = await find(request);
    await manager.remove(id, actor(request));
    response.status(204).end();
  })); // prettier-ignore

  router.post('/:id/rotate', handle(async (request, response) => {
    const { endpoint, secret } = await manager.rotate(await find(request), actor(request));
    response.json({ ...(await toEndpointAnswer(options, endpoint)), secret });
  })); // prettier-ignore

  router.use(deliveryRoutes({ ...options, find, readBody, actor }));
  router.all('/', (request, response) => refuseMethod(request, response, ['GET', 'POST']));
  router.all('/:id', (request, response) => refuseMethod(request, response, ['GET', 'PATCH', 'DELETE']));
  router.all('/:id/:order', (request, response, next) => {
    if (/^(test|rotate|replay|resend)$/.test(String(request.params['order'])))
      refuseMethod(request, response, ['POST']);
    if (request.params['order'] === 'deliveries') refuseMethod(request, response, ['GET']);
    next();
  });
  return router;
}

function refuseMethod(_request: Request, response: Response, allowed: readonly string[]): never {
  response.set('Allow', allowed.join(', '));
  throw new SyncError('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')}.`, { extensions: { allowed } });
}
