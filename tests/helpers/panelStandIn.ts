/** A small backend that follows docs/http.md as far as the panel needs it, in memory, for tests of the panel alone. */
import { randomUUID } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { merge } from '../../shared/merge/index.ts';
import type { FieldDescription } from '../../shared/resource.ts';
import { standInResources } from './panelStandInResources.ts';
import { serveStandInWebhooks, type WebhooksStandIn } from './panelStandInWebhooks.ts';

/** The stand-in; its switches make the failures that a test needs. */
export interface PanelStandIn {
  readonly app: Express;
  readonly records: Map<string, Map<string, JsonObject>>;
  /** Saves a field as another person. */
  readonly saveAs: (name: string, resource: string, id: string, fields: JsonObject) => void;
  readonly removeAs: (name: string, resource: string, id: string) => void;
  readonly webhooks: WebhooksStandIn;
  /** Sends a notification to whoever is signed in. */
  readonly notify: (payload: JsonObject) => void;
  /** The stored notifications of the user; one that is read is taken out. */
  readonly notifications: JsonObject[];
  /** Ends every session. */
  readonly signOutAll: () => void;
  /** The next saves are answered with this status. */
  failSaves: number | null;
  /** What the configuration says of the resources; null for the stand-in's own. */
  configuration: readonly object[] | null;
  /** Whether the user manages webhooks. */
  mayConfigure: boolean;
}

/** Makes a stand-in with these records; the password of `admin` is `secret`. */
export function createPanelStandIn(seed: Readonly<Record<string, readonly JsonObject[]>>): PanelStandIn {
  const app = express();
  const epoch = '01890000-0000-7000-8000-000000000001';
  const records = new Map(standInResources.map(({ name }) => [name, new Map<string, JsonObject>()]));
  const history = new Map<string, { readonly actor: string; readonly at: string }>();
  const streams = new Set<Response>();
  let sequence = 0;
  let sessions = 1;
  const cursor = () => `${epoch}:${sequence}`;
  const of = (resource: unknown) => records.get(String(resource)) ?? new Map<string, JsonObject>();
  for (const [resource, list] of Object.entries(seed))
    for (const record of list) of(resource).set(String(record.id), record);

  const tell = (resource: string, id: string, before: JsonObject | null, record: JsonObject | null, actor: string) => {
    sequence += 1;
    const at = new Date().toISOString();
    history.set(`${resource}/${id}`, { actor, at });
    const version = Number((record ?? before)?.version ?? 1);
    const operation = before === null ? 'created' : record === null ? 'deleted' : 'updated';
    const change = { cursor: cursor(), seq: sequence, at, resource, id, operation, version, record, before, patch: [] };
    const whole = { ...change, actor: { id: actor, name: actor, kind: 'admin' }, mutationId: null, notify: true };
    const event = { type: 'change', cursor: cursor(), change: whole };
    for (const stream of streams) stream.write(`id: ${cursor()}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const store = (resource: string, id: string, fields: JsonObject, actor: string): JsonObject => {
    const before = of(resource).get(id) ?? null;
    const version = Number(before?.version ?? 0) + 1;
    const drafts = standInResources.find(({ name }) => name === resource)?.drafts === true;
    const stamps = { createdAt: before?.createdAt ?? new Date().toISOString(), updatedAt: new Date().toISOString() };
    const published: JsonObject = drafts && !('publishedVersion' in fields) ? { publishedVersion: null } : {};
    const record: JsonObject = { ...published, ...fields, ...stamps, id, version, updatedBy: actor };
    of(resource).set(id, record);
    tell(resource, id, before, record, actor);
    return record;
  };
  const problem = (response: Response, status: number, code: string, more: object = {}) =>
    void response
      .status(status)
      .type('application/problem+json')
      .send({ type: code, title: code, status, code, requestId: 'r-1', ...more });
  const isSignedIn = (request: Request) => request.headers.cookie?.includes(`session=${sessions}`) === true;
  app.use(express.json());
  app.use('/api/webhooks', (request, response, next) => {
    if (!isSignedIn(request)) return problem(response, 401, 'LOGIN_REQUIRED');
    return standIn.mayConfigure ? next() : problem(response, 403, 'FORBIDDEN');
  });
  const standIn: PanelStandIn = {
    app,
    records,
    webhooks: serveStandInWebhooks(app, problem),
    notify: (payload) => {
      sequence += 1;
      const at = new Date().toISOString();
      const message = { id: randomUUID(), type: 'notification', payload, at, from: null };
      const event = { type: 'message', cursor: cursor(), message };
      for (const stream of streams) stream.write(`id: ${cursor()}\ndata: ${JSON.stringify(event)}\n\n`);
    },
    saveAs: (name, resource, id, fields) => void store(resource, id, { ...of(resource).get(id), ...fields }, name),
    removeAs: (name, resource, id) => {
      const before = of(resource).get(id) ?? null;
      of(resource).delete(id);
      tell(resource, id, before, null, name);
    },
    notifications: [],
    signOutAll: () => void (sessions += 1),
    failSaves: null,
    configuration: null,
    mayConfigure: true,
  };

  const answer = (response: Response, record: JsonObject, outcome?: string) => {
    if (outcome !== undefined) response.set('Sync-Outcome', outcome);
    response
      .set('ETag', `"${epoch}.${Number(record.version)}"`)
      .set('X-Sync-Cursor', cursor())
      .json(record);
  };
  const user = { id: 'admin', name: 'Admin', role: 'admin' };

  app.post('/api/auth/login', (request, response) => {
    const { username, password } = request.body as Record<string, unknown>;
    if (username !== 'admin' || password !== 'secret') return problem(response, 401, 'LOGIN_FAILED');
    response.set('Set-Cookie', `session=${sessions}; Path=/; HttpOnly; SameSite=Lax`).json({ user, expiresAt: null });
  });
  app.post('/api/auth/logout', (_request, response) => {
    response.set('Set-Cookie', 'session=; Path=/; Max-Age=0').status(204).end();
  });
  app.get('/api/auth/session', (request, response) => void response.json({ user: isSignedIn(request) ? user : null }));
  app.use('/api', (request, response, next) =>
    isSignedIn(request) ? next() : problem(response, 401, 'LOGIN_REQUIRED'),
  );
  app.get('/api/sync/configuration', (_request, response) => {
    const permissions = { configure: standIn.mayConfigure };
    response.json({ resources: standIn.configuration ?? standInResources, permissions });
  });
  app.get('/api/sync/status', (_request, response) => void response.json({ status: 'ok', cursor: cursor() }));
  app.get('/api/sync/poll', (_request, response) => {
    response.json({ success: true, messages: [], timestamp: Date.now(), count: 0, cursor: cursor(), recovered: true });
  });
  app.get('/api/sync/stream', (request, response) => {
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }).flushHeaders();
    response.write(`retry: 1000\nid: ${cursor()}\n\n`);
    streams.add(response);
    request.on('close', () => streams.delete(response));
  });
  app.get('/api/notifications', (_request, response) => void response.json({ notifications: standIn.notifications }));
  app.post('/api/notifications/:id/read', (request, response) => {
    const at = standIn.notifications.findIndex(({ id }) => id === request.params.id);
    response.json(standIn.notifications.splice(at, 1)[0]);
  });
  app.get('/api/:resource', (request, response) => {
    const description = standInResources.find(({ name }) => name === request.params.resource);
    if (description === undefined) return problem(response, 404, 'NOT_FOUND');
    const only = of(description.name).get('main');
    if (description.single) return only ? answer(response, only) : problem(response, 404, 'NOT_FOUND');
    const { q, sort = '', after, limit = '30' } = request.query as Record<string, string>;
    const text = (value: unknown) => JSON.stringify(value).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    const by = sort.replace('-', '');
    const found = [...of(description.name).values()].filter(
      (each) => q === undefined || text(each).includes(text(q).slice(1, -1)),
    );
    if (by !== '')
      found.sort((a, b) => text(a[by] ?? '').localeCompare(text(b[by] ?? '')) * (sort.startsWith('-') ? -1 : 1));
    const from = after === undefined ? 0 : found.findIndex((each) => each.id === after) + 1;
    const page = found.slice(from, from + Number(limit));
    const next = new URLSearchParams({ ...(request.query as Record<string, string>), after: String(page.at(-1)?.id) });
    if (from + page.length < found.length) response.set('Link', `<${request.path}?${next}>; rel="next"`);
    response.set('X-Total-Count', String(found.length)).set('X-Sync-Cursor', cursor()).json(page);
  });
  app.get('/api/:resource/:id', (request, response) => {
    const record = of(request.params.resource).get(request.params.id);
    return record ? answer(response, record) : problem(response, 404, 'NOT_FOUND');
  });
  app.post('/api/:resource', (request, response) => {
    const errors = faults(String(request.params.resource), request.body as JsonObject);
    if (errors.length > 0) return problem(response, 422, 'INVALID', { errors });
    const { id = `new-${sequence + 1}` } = request.body as { readonly id?: string };
    if (of(request.params.resource).has(id)) return problem(response, 409, 'ALREADY_EXISTS');
    const record = store(request.params.resource, id, request.body as JsonObject, 'Admin');
    response.status(201).set('Location', `/api/${request.params.resource}/${String(record.id)}`);
    answer(response, record, 'created');
  });
  app.post('/api/:resource/:id/:verb', (request, response) => {
    const { resource, id, verb } = request.params;
    const record = of(resource).get(id);
    if (record === undefined) return problem(response, 404, 'NOT_FOUND');
    const publishedVersion = verb === 'publish' ? Number(record.version) + 1 : null;
    answer(response, store(resource, id, { ...record, publishedVersion }, 'Admin'), 'saved');
  });
  app.patch(['/api/:resource', '/api/:resource/:id'], (request, response) => {
    const resource = String(request.params.resource);
    const id = String(request.params.id ?? 'main');
    if (standIn.failSaves !== null) return problem(response, standIn.failSaves, 'INTERNAL');
    const stored = of(resource).get(id);
    if (stored === undefined) return problem(response, 409, 'RECORD_DELETED', { conflicts: [], current: null });
    const { $base: base, $unset: unset = [], ...mine } = request.body as Record<string, JsonValue>;
    const { merged, conflicts, outcomes } = merge({ base, mine, theirs: stored, unset: unset as string[] });
    const { actor = null, at = null } = history.get(`${resource}/${id}`) ?? {};
    const etag = `"${epoch}.${Number(stored.version)}"`;
    if (conflicts.length > 0) {
      const told = conflicts.map((conflict) => ({ ...conflict, author: actor, at }));
      return problem(response, 409, 'CONFLICT', { conflicts: told, current: stored, etag });
    }
    const errors = faults(resource, merged as JsonObject);
    if (errors.length > 0) return problem(response, 422, 'INVALID', { errors });
    const fields = outcomes.map(({ path, status }) => ({ path, status, by: actor, at }));
    const record = store(resource, id, merged as JsonObject, 'Admin');
    answer(response, { ...record, $receipt: { outcome: 'saved', fields } }, 'saved');
  });
  app.delete('/api/:resource/:id', (request, response) => {
    standIn.removeAs('Admin', request.params.resource, request.params.id);
    response.set('Sync-Outcome', 'deleted').status(204).end();
  });
  return standIn;
}

/** E-mail addresses are what the stand-in checks. */
function faults(resource: string, record: JsonObject): readonly object[] {
  const fields: readonly FieldDescription[] = standInResources.find(({ name }) => name === resource)?.fields ?? [];
  return fields.flatMap(({ name, kind }) => {
    const value = isJsonObject(record) ? record[name] : undefined;
    const isWrong = kind === 'email' && typeof value === 'string' && value !== '' && !/^\S+@\S+\.\S+$/.test(value);
    return isWrong ? [{ path: `/${name}`, code: 'invalid_format', message: 'Invalid email address' }] : [];
  });
}
