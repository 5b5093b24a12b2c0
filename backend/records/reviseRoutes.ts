import express, { type Request, type RequestHandler, type Router } from 'express';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { actorOf } from '../auth/actorOf.ts';
import type { Core } from '../core.ts';
import { handle } from '../handle.ts';
import { recordBefore } from '../log/advance.ts';
import type { ChangeEntry } from '../log/entry.ts';
import { projectEntry } from '../log/projectEntry.ts';
import { contextOf } from '../requestContext.ts';
import type { Resource } from './defineResource.ts';
import { serverOwnedFields } from './fieldClasses.ts';
import { readJsonBody } from './readJsonBody.ts';
import { idOf, refuseUnless, refuseUnlessOn, resourceOf } from './recordTarget.ts';
import { runSave } from './runSave.ts';
import { parseIfMatch } from './saveBase.ts';
import type { SaveRequest } from './saveRequest.ts';

/** History, and the saves that go back to it: publish, unpublish, restore, undo. Each is a save like any other. */
export function reviseRoutes(core: Core): Router {
  const router = express.Router();
  // `/settings/history` is about the one record of a single resource; `/team/history` would be a member with that id.
  const isRecord: RequestHandler = (request, _response, next) => {
    const isSingle = core.resources.get(String(request.params['resource']))?.single ?? false;
    next(request.params['id'] === undefined && !isSingle ? 'route' : undefined);
  };
  router.get(onBoth('history'), isRecord, handle(async (request, response) => {
    const { resource, id } = await target(core, request, 'read');
    if (contextOf(request).identity.user === null) refuseVisitor();
    const limit = Math.min(Math.max(Number(request.query['limit'] ?? 50) || 50, 1), 100);
    const { audience } = contextOf(request);
    const view = { view: (record: JsonObject | null) => core.permissions.view(audience, resource, record), followsPublished: false };
    const entries = await core.store.log.history(resource.name, id, { limit });
    const changes = entries.map((entry) => projectEntry(core.store.log.epoch, entry, view)).filter((change) => change !== null);
    response.set('Cache-Control', 'private, no-cache').json(changes.map(({ version, at, actor, operation, patch }) => ({ version, at, actor, operation, patch })));
  })); // prettier-ignore

  for (const intent of ['publish', 'unpublish'] as const) {
    router.post(onBoth(intent), isRecord, handle(async (request, response) => {
      const { resource, id } = await target(core, request, 'publish');
      if (!resource.drafts) throw new SyncError('NOT_FOUND', `${resource.name} has no drafts: a save is public at once.`);
      const base = parseIfMatch(request.get('if-match')) ?? { kind: 'none' };
      await runSave(core, request, response, { ...saveOf(request, resource, id), intent, base, body: { kind: 'none' } }, false);
    })); // prettier-ignore
  }

  router.post(onBoth('restore'), isRecord, handle(async (request, response) => {
    const { resource, id } = await target(core, request, 'update');
    const { entry, fields } = await readRevision(core, request, resource, id);
    if (entry.record === null) throw new SyncError('BAD_PARAMETER', `Version ${entry.version} is a deletion. Restore the one before it.`);
    const stored = await core.store.load(resource.name, id);
    const save = saveOf(request, resource, id);
    if (stored?.record === null) return runSave(core, request, response, { ...save, intent: 'create', body: fieldsBody(pick(entry.record, fields)) }, true);
    return runSave(core, request, response, { ...save, body: bodyOf(entry.record, stored?.record ?? {}, fields) }, true);
  })); // prettier-ignore

  router.post(onBoth('undo'), isRecord, handle(async (request, response) => {
    const { resource, id } = await target(core, request, 'update');
    const { entry, fields } = await readRevision(core, request, resource, id);
    const before = recordBefore(entry);
    const save = saveOf(request, resource, id);
    if (entry.record === null) return runSave(core, request, response, { ...save, intent: 'create', body: fieldsBody(pick(before ?? {}, fields)) }, true);
    if (before === null) return runSave(core, request, response, { ...save, intent: 'delete', base: { kind: 'versions', versions: [{ version: entry.version }] } }, true);
    // The undone version is what we start from, the one before it what we want: edits made since are the other side.
    return runSave(core, request, response, { ...save, base: { kind: 'values', values: pick(entry.record, fields) }, body: bodyOf(before, entry.record, fields) }, true);
  })); // prettier-ignore
  return router;
}

/** With an id, and without one for a single resource. */
function onBoth(action: string): string[] {
  return [`/:resource/${action}`, `/:resource/:id/${action}`];
}

async function target(
  core: Core,
  request: Request,
  action: 'read' | 'update' | 'publish',
): Promise<{ resource: Resource; id: string }> {
  const resource = resourceOf(core, request);
  const id = idOf(request, resource);
  if (action === 'read') refuseUnless(core, request, action, resource, null);
  else await refuseUnlessOn(core, request, action, resource, id);
  return { resource, id };
}

function saveOf(request: Request, resource: Resource, id: string): SaveRequest {
  const actor = actorOf(contextOf(request).identity.user);
  return {
    resource,
    id,
    intent: 'update',
    body: { kind: 'none' },
    base: { kind: 'overrule' },
    needsBase: false,
    actor,
  };
}

async function readRevision(
  core: Core,
  request: Request,
  resource: Resource,
  id: string,
): Promise<{ entry: ChangeEntry; fields: readonly string[] | null }> {
  const body = await readJsonBody(request, core.limits.maxBodyBytes);
  const version = isJsonObject(body) ? body['version'] : undefined;
  const fields = isJsonObject(body) ? (body['fields'] ?? null) : null;
  const isList = fields === null || (Array.isArray(fields) && fields.every((field) => typeof field === 'string'));
  if (typeof version !== 'number' || !isList)
    throw new SyncError(
      'BAD_PARAMETER',
      'Send { "version": <number>, "fields": ["name", …] }; fields may be left out.',
    );
  const entry = await core.store.log.version(resource.name, id, version);
  if (!entry) throw new SyncError('NOT_FOUND', `Version ${version} of this record is not kept.`);
  return {
    entry,
    fields: fields === null ? null : (fields as readonly string[]).map((field) => field.replace(/^\//, '')),
  };
}

/** The wanted record as a save: whole, or the chosen fields, where absence in the wanted one means removal. */
function bodyOf(wanted: JsonObject, from: JsonObject, fields: readonly string[] | null): SaveRequest['body'] {
  const names = (fields ?? [...new Set([...Object.keys(wanted), ...Object.keys(from)])]).filter(
    (name) => !(serverOwnedFields as readonly string[]).includes(name),
  );
  const unset = names
    .filter((name) => wanted[name] === undefined)
    .map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  if (fields !== null) return { kind: 'fields', fields: pick(wanted, fields), unset };
  return { kind: 'whole', record: pick(wanted, names) };
}

function fieldsBody(fields: JsonObject): SaveRequest['body'] {
  return { kind: 'fields', fields, unset: [] };
}

function pick(record: JsonObject, fields: readonly string[] | null): JsonObject {
  const names =
    fields ?? Object.keys(record).filter((name) => !(serverOwnedFields as readonly string[]).includes(name));
  return Object.fromEntries(
    names.filter((name) => record[name] !== undefined).map((name) => [name, record[name] ?? null]),
  );
}

function refuseVisitor(): never {
  throw new SyncError('LOGIN_REQUIRED', 'The history is for people who sign in: it says who did what.');
}
