import express, { type Request, type Response, type Router } from 'express';
import type { Actor } from '../../../shared/change.ts';
import { SyncError } from '../../../shared/problem.ts';
import { actorOf } from '../../auth/actorOf.ts';
import type { Core } from '../../core.ts';
import { handle } from '../../handle.ts';
import { bodyKind, readJsonBody } from '../../records/readJsonBody.ts';
import { inspectJson } from '../../records/inspectJson.ts';
import { idOf, refuseUnless } from '../../records/recordTarget.ts';
import { contextOf } from '../../requestContext.ts';
import type { StateStore } from '../../stores/store.ts';
import { parseEndpointState, webhooksBucket, type LastDelivery } from './endpointState.ts';
import { readRegistration } from './readRegistration.ts';
import { toEndpoint, webhooksResource, type Endpoint } from './webhooksResource.ts';

/** An endpoint as the API answers it. The secret is not in it. */
export interface EndpointAnswer {
  readonly id: string;
  readonly url: string;
  /** Null for all public resources. */
  readonly resources: readonly string[] | null;
  readonly active: boolean;
  readonly createdAt: string;
  /** How the last attempt ended; null before the first one. */
  readonly lastDelivery: LastDelivery | null;
  /** Records that it still has to be told of. */
  readonly pending: number;
}

/** What the routes stand on. */
export interface WebhookRoutesOptions {
  readonly core: Core;
  readonly state: StateStore;
  readonly register: (
    url: string,
    resources: readonly string[] | null,
    actor: Actor,
  ) => Promise<{ readonly endpoint: Endpoint; readonly secret: string }>;
  readonly remove: (id: string, actor: Actor) => Promise<void>;
}

/**
 * Managing endpoints, for users who may `configure`.
 *
 * Source  docs/http.md
 */
export function webhookRoutes({ core, state, register, remove }: WebhookRoutesOptions): Router {
  const router = express.Router();

  async function answerOf(endpoint: Endpoint): Promise<EndpointAnswer> {
    const { id, url, resources, active, createdAt } = endpoint;
    const known = parseEndpointState((await state.get(webhooksBucket, id))?.value);
    const pending = known === null ? 0 : Object.keys(known.pending).length;
    return { id, url, resources, active, createdAt, lastDelivery: known?.lastDelivery ?? null, pending };
  }

  async function find(request: Request): Promise<Endpoint> {
    const id = idOf(request, webhooksResource);
    const endpoint = toEndpoint(await core.store.load(webhooksResource.name, id));
    if (endpoint === null) throw new SyncError('NOT_FOUND', `There is no webhook "${id}".`);
    return endpoint;
  }

  router.use((request, response, next) => {
    refuseUnless(core, request, 'configure', webhooksResource);
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/', handle(async (_request, response) => {
    const endpoints = (await core.store.list(webhooksResource.name)).flatMap((stored) => toEndpoint(stored) ?? []);
    response.json(await Promise.all(endpoints.map(answerOf)));
  })); // prettier-ignore

  router.post('/', handle(async (request, response) => {
    if (bodyKind(request.get('content-type')) !== 'fields') throw new SyncError('MEDIA_TYPE', 'Send application/json.');
    const body = await readJsonBody(request, core.limits.maxBodyBytes);
    inspectJson(body, core.limits.maxDepth);
    const { url, resources } = readRegistration(body, core.resources);
    const { endpoint, secret } = await register(url, resources, actorOf(contextOf(request).identity.user));
    response.status(201).location(`${request.baseUrl}/${endpoint.id}`).json({ ...(await answerOf(endpoint)), secret });
  })); // prettier-ignore

  router.get('/:id', handle(async (request, response) => {
    response.json(await answerOf(await find(request)));
  })); // prettier-ignore

  router.delete('/:id', handle(async (request, response) => {
    const { id } = await find(request);
    await remove(id, actorOf(contextOf(request).identity.user));
    response.status(204).end();
  })); // prettier-ignore

  router.all('/', (request, response) => refuseMethod(request, response, ['GET', 'POST']));
  router.all('/:id', (request, response) => refuseMethod(request, response, ['GET', 'DELETE']));
  return router;
}

function refuseMethod(_request: Request, response: Response, allowed: readonly string[]): never {
  response.set('Allow', allowed.join(', '));
  throw new SyncError('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')}.`, { extensions: { allowed } });
}
