import express, { type Request, type RequestHandler, type Router } from 'express';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Core } from '../core.ts';
import { handle } from '../handle.ts';
import { recordBefore } from '../log/advance.ts';
import type { ChangeEntry } from '../log/entry.ts';
import { projectEntry } from '../log/projectEntry.ts';
import { contextOf } from '../requestContext.ts';
import type { Resource } from './defineResource.ts';
import { inspectJson, inspectPointer } from './inspectJson.ts';
import { readJsonBody } from './readJsonBody.ts';
import { commonSave } from './readSaveRequest.ts';
import { idOf, refuseUnless, resourceOf } from './recordTarget.ts';
import { revisionBody, revisionFields } from './revision.ts';
import { runSave } from './runSave.ts';
import { parseIfMatch } from './saveBase.ts';
import type { SaveRequest } from './saveRequest.ts';
import { broughtBack } from './sourcedFields.ts';

/** The most entries of one history answer. */
const maxHistory = 100;

/** History, and the saves that go back to it: publish, unpublish, restore, undo. Each is a save like any other. */
export function reviseRoutes(core: Core): Router {
  const router = express.Router();
  // `/settings/history` is about the one record of a single resource; `/team/history` would be a member with that id.
  const isRecord: RequestHandler = (request, _response, next) => {
    const isSingle = core.resources.get(String(request.params['resource']))?.single ?? false;
    next(request.params['id'] === undefined && !isSingle ? 'route' : undefined);
  };
  const on = (method: 'get' | 'post', action: string, route: Parameters<typeof handle>[0]) =>
    router[method]([`/:resource/${action}`, `/:resource/:id/${action}`], isRecord, handle(route));

  on('get', 'history', async (request, response) => {
    const { resource, id } = target(core, request, 'read');
    const { audience, identity } = contextOf(request);
    if (identity.user === null)
      throw new SyncError('LOGIN_REQUIRED', 'The history is for people who sign in: it says who did what.');
    const limit = Math.min(Math.max(Number(request.query['limit'] ?? 50) || 50, 1), maxHistory);
    const view = {
      view: (record: JsonObject | null) => core.permissions.view(audience, resource, record),
      followsPublished: false,
    };
    const entries = await core.store.log.history(resource.name, id, { limit });
    const changes = entries
      .map((entry) => projectEntry(core.store.log.epoch, entry, view))
      .filter((change) => change !== null);
    response.set('Cache-Control', 'private, no-cache');
    response.json(
      changes.map(({ version, at, actor, operation, patch }) => ({ version, at, actor, operation, patch })),
    );
  });

  for (const intent of ['publish', 'unpublish'] as const) {
    on('post', intent, async (request, response) => {
      const { resource, id } = target(core, request, 'publish');
      if (!resource.drafts)
        throw new SyncError('NOT_FOUND', `${resource.name} has no drafts: a save is public at once.`);
      const { save, receipt } = revision(core, request, { resource, id, raw: null });
      const base = parseIfMatch(request.get('if-match')) ?? { kind: 'none' };
      const exactVersion = core.ifMatch === 'strict' && base.kind === 'versions';
      await runSave(core, request, response, { ...save, intent, base, exactVersion }, receipt);
    });
  }

  on('post', 'restore', async (request, response) => {
    const { resource, id } = target(core, request, 'update');
    const { entry, fields, raw } = await readRevision(core, request, resource, id);
    const { save } = revision(core, request, { resource, id, raw });
    const wanted = entry.record;
    if (wanted === null)
      throw new SyncError('BAD_PARAMETER', `Version ${entry.version} is a deletion. Restore the one before it.`);
    const stored = await core.store.load(resource.name, id);
    const back: SaveRequest =
      stored?.record == null
        ? { ...save, intent: 'create', ...(await broughtBack(core.store, { resource, id }, wanted)) }
        : { ...save, body: revisionBody(resource, wanted, stored.record, fields) };
    await runSave(core, request, response, back, true);
  });

  on('post', 'undo', async (request, response) => {
    const { resource, id } = target(core, request, 'update');
    const { entry, fields, raw } = await readRevision(core, request, resource, id);
    const { save } = revision(core, request, { resource, id, raw });
    await runSave(core, request, response, await undone(core, save, entry, fields), true);
  });
  return router;
}

/** The save that takes one change back: a creation is deleted, a deletion comes back, an edit is reversed under later edits. */
async function undone(
  core: Core,
  save: SaveRequest,
  entry: ChangeEntry,
  fields: readonly string[] | null,
): Promise<SaveRequest> {
  const { resource } = save;
  const before = recordBefore(entry);
  if (entry.record === null)
    return { ...save, intent: 'create', ...(await broughtBack(core.store, save, before ?? {})) };
  if (before === null)
    return { ...save, intent: 'delete', base: { kind: 'versions', versions: [{ version: entry.version }] } };
  // The undone version is what we start from, the one before it what we want: edits made since are the other side.
  const base = { kind: 'values', values: revisionFields(resource, entry.record, fields) } as const;
  return { ...save, base, body: revisionBody(resource, before, entry.record, fields) };
}

function target(
  core: Core,
  request: Request,
  action: 'read' | 'update' | 'publish',
): { resource: Resource; id: string } {
  const resource = resourceOf(core, request);
  const id = idOf(request, resource);
  refuseUnless(core, request, action, resource);
  return { resource, id };
}

/** A save that overrules, with what its headers ask for. */
function revision(
  core: Core,
  request: Request,
  of: { resource: Resource; id: string; raw: JsonValue },
): { save: SaveRequest; receipt: boolean } {
  const { common, receipt } = commonSave(core, request, of.resource, of.raw);
  return {
    receipt,
    save: {
      ...common,
      resource: of.resource,
      id: of.id,
      intent: 'update',
      body: { kind: 'none' },
      base: { kind: 'overrule' },
      needsBase: false,
    },
  };
}

async function readRevision(
  core: Core,
  request: Request,
  resource: Resource,
  id: string,
): Promise<{ entry: ChangeEntry; fields: readonly string[] | null; raw: JsonValue }> {
  const raw = await readJsonBody(request, core.limits.maxBodyBytes);
  inspectJson(raw, core.limits.maxDepth);
  const version = isJsonObject(raw) ? raw['version'] : undefined;
  const fields = isJsonObject(raw) ? (raw['fields'] ?? null) : null;
  const isList = fields === null || (Array.isArray(fields) && fields.every((field) => typeof field === 'string'));
  if (typeof version !== 'number' || !isList)
    throw new SyncError(
      'BAD_PARAMETER',
      'Send { "version": <number>, "fields": ["name", …] }; fields may be left out.',
    );
  const entry = await core.store.log.version(resource.name, id, version);
  // A version that belonged to others when it was written is not there for this user, whoever owns the record now.
  const { audience } = contextOf(request);
  const isSeen = [entry?.record ?? null, entry ? recordBefore(entry) : null].every(
    (record) => record === null || core.permissions.view(audience, resource, record) !== null,
  );
  if (!entry || !isSeen) throw new SyncError('NOT_FOUND', `Version ${version} of this record is not kept.`);
  if (Array.isArray(fields)) for (const field of fields) inspectPointer(`/${String(field)}`);
  return {
    entry,
    raw,
    fields: fields === null ? null : (fields as readonly string[]).map((field) => field.replace(/^\//, '')),
  };
}
