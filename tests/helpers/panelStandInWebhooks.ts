/** The webhook API in memory, for tests of the panel alone. */
import type { Express, Request, Response } from 'express';
import type { Delivery } from '../../backoffice/panel/webhooks/delivery.ts';
import type { Endpoint } from '../../backoffice/panel/webhooks/endpoint.ts';

/** The endpoints and deliveries; its switches make what a test needs. */
export interface WebhooksStandIn {
  readonly endpoints: Map<string, Endpoint>;
  /** Newest first, by endpoint. */
  readonly deliveries: Map<string, Delivery[]>;
  /** What was asked for, as method, path and body. */
  readonly asked: { readonly method: string; readonly path: string; readonly body: unknown }[];
  /** How the next attempts end. */
  outcome: Pick<Delivery, 'outcome' | 'status' | 'error'>;
  /** So many pages of failed deliveries are empty although there are more: the server looked through as much as it does at once. */
  emptyPages: number;
  /** The next registration or change is refused with this problem. */
  refusal: { readonly status: number; readonly code: string; readonly errors?: readonly object[] } | null;
}

/** An endpoint that works, with what the test gives. */
export function standInEndpoint(id: string, given: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    url: `https://${id}.example/webhooks`,
    description: '',
    resources: null,
    events: null,
    fields: null,
    active: true,
    disabledReason: null,
    disabledCode: null,
    createdAt: '2026-03-01T09:00:00.000Z',
    failingSince: null,
    heldSince: null,
    quietUntil: null,
    lastDelivery: null,
    pending: 0,
    nextAttemptAt: null,
    rotation: null,
    ...given,
  };
}

/** A delivery that was taken, with what the test gives. */
export function standInDelivery(id: string, given: Partial<Delivery> = {}): Delivery {
  return {
    id,
    messageId: `msg_${id}`,
    kind: 'event',
    type: 'team.updated',
    resource: 'team',
    recordId: 't1',
    versions: [2, 3],
    attempt: 1,
    at: '2026-03-01T10:00:00.000Z',
    durationMs: 340,
    outcome: 'delivered',
    status: 200,
    error: null,
    nextAttemptAt: null,
    shownVersion: null,
    ...given,
  };
}

/** Answers `/api/webhooks` of a stand-in; `problem` refuses. */
export function serveStandInWebhooks(
  app: Express,
  problem: (response: Response, status: number, code: string, more?: object) => void,
): WebhooksStandIn {
  const standIn: WebhooksStandIn = {
    endpoints: new Map(),
    deliveries: new Map(),
    asked: [],
    outcome: { outcome: 'delivered', status: 200, error: null },
    emptyPages: 0,
    refusal: null,
  };
  const { endpoints, deliveries, asked } = standIn;
  let made = 0;
  const of = (id: string) => deliveries.get(id) ?? [];
  const attempt = (id: string, given: Partial<Delivery>): Delivery => {
    made += 1;
    const delivery = standInDelivery(`made-${made}`, { at: new Date().toISOString(), ...standIn.outcome, ...given });
    deliveries.set(id, [delivery, ...of(id)]);
    return delivery;
  };
  const refused = (response: Response): boolean => {
    const { refusal } = standIn;
    if (refusal === null) return false;
    standIn.refusal = null;
    problem(response, refusal.status, refusal.code, { errors: refusal.errors });
    return true;
  };
  const find = (request: Request<{ id: string }>, response: Response): Endpoint | undefined => {
    const endpoint = endpoints.get(request.params.id);
    if (endpoint === undefined) problem(response, 404, 'NOT_FOUND');
    return endpoint;
  };
  const path = '/api/webhooks';

  app.use(path, (request, _response, next) => {
    asked.push({ method: request.method, path: request.url, body: request.body });
    next();
  });
  app.get(path, (_request, response) => void response.json([...endpoints.values()]));
  app.post(path, (request, response) => {
    if (refused(response)) return;
    const endpoint = standInEndpoint(`new-${endpoints.size + 1}`, request.body as Partial<Endpoint>);
    endpoints.set(endpoint.id, endpoint);
    response.status(201).json({ ...endpoint, secret: 'whsec_c2hvd24gb25jZQ' });
  });
  app.get(`${path}/:id`, (request, response) => {
    const endpoint = find(request, response);
    if (endpoint) response.json(endpoint);
  });
  app.patch(`${path}/:id`, (request, response) => {
    const endpoint = find(request, response);
    if (!endpoint || refused(response)) return;
    const changes = request.body as Partial<Endpoint>;
    const next = {
      ...endpoint,
      ...changes,
      ...(changes.active === true ? { disabledReason: null, disabledCode: null } : {}),
    };
    endpoints.set(endpoint.id, next);
    response.json(next);
  });
  app.delete(`${path}/:id`, (request, response) => {
    endpoints.delete(request.params.id);
    response.status(204).end();
  });
  app.post(`${path}/:id/test`, (request, response) => {
    const none = { resource: null, recordId: null, versions: null };
    response.json(attempt(request.params.id, { kind: 'test', type: 'sync.test', ...none }));
  });
  app.post(`${path}/:id/rotate`, (request, response) => {
    const endpoint = find(request, response);
    if (!endpoint) return;
    const rotation = { previousValidUntil: new Date(Date.now() + 86_400_000).toISOString() };
    endpoints.set(endpoint.id, { ...endpoint, rotation });
    response.json({ ...endpoint, rotation, secret: 'whsec_cmVwbGFjZWQ' });
  });
  app.post(`${path}/:id/replay`, (_request, response) => void response.status(202).json({ records: 3 }));
  app.get(`${path}/:id/deliveries`, (request, response) => {
    const { outcome, before, limit = '50' } = request.query as Record<string, string>;
    if (outcome === 'failed' && Number(request.query['empty'] ?? 0) < standIn.emptyPages) {
      const empty = String(Number(request.query['empty'] ?? 0) + 1);
      response.set('Link', `<${request.path}?${new URLSearchParams({ limit, outcome, empty })}>; rel="next"`);
      return void response.json([]);
    }
    const found = of(request.params.id).filter((each) => outcome !== 'failed' || each.outcome !== 'delivered');
    const from = before === undefined ? 0 : found.findIndex((each) => each.id === before) + 1;
    const page = found.slice(from, from + Number(limit));
    const next = new URLSearchParams({ limit, ...(outcome ? { outcome } : {}), before: String(page.at(-1)?.id) });
    if (from + page.length < found.length) response.set('Link', `<${request.path}?${next}>; rel="next"`);
    response.json(page.map(({ request: _sent, answer: _came, ...shown }) => shown));
  });
  app.get(`${path}/:id/deliveries/:delivery`, (request, response) => {
    const found = of(request.params.id).find((each) => each.id === request.params.delivery);
    if (found) response.json(found);
    else problem(response, 404, 'NOT_FOUND');
  });
  app.post(`${path}/:id/deliveries/:delivery/resend`, (request, response) => {
    const found = of(request.params.id).find((each) => each.id === request.params.delivery);
    if (found)
      response.json(attempt(request.params.id, { ...found, ...standIn.outcome, id: `again-${made}`, kind: 'resend' }));
    else problem(response, 404, 'NOT_FOUND');
  });
  return standIn;
}
