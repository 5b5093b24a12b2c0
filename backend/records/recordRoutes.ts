import { createHash } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { formatCursor, formatEtag } from '../../shared/cursor.ts';
import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Core } from '../core.ts';
import { handle } from '../handle.ts';
import type { StoredRecord } from '../log/advance.ts';
import { contextOf } from '../requestContext.ts';
import { incrementRoutes } from './counters/incrementRoutes.ts';
import type { Resource } from './defineResource.ts';
import { listParameters, listRecords, readListQuery } from './listRecords.ts';
import { refuseField, refuseFilter } from './refuseFilter.ts';
import { readSaveRequest, newRecordId } from './readSaveRequest.ts';
import { reviseRoutes } from './reviseRoutes.ts';
import { idOf, refuseUnless, resourceOf, singleId } from './recordTarget.ts';
import { runSave } from './runSave.ts';
import { saveBulk } from './saveBulk.ts';

/**
 * Reading and saving records of every resource: `/<resource>` and `/<resource>/:id`.
 *
 * Source  docs/http.md
 */
export function recordRoutes(core: Core): Router {
  const router = express.Router();

  router.param('resource', (_request, _response, next, name: string) => {
    // An unknown first word is somebody else's address: a 404 of the router, not of a record.
    next(core.resources.has(name) ? undefined : 'router');
  });
  // Saves first: every layer before them costs each of them a little.
  const update = handle(async (request, response) => {
    const resource = resourceOf(core, request);
    const isBulk = request.method === 'PATCH' && request.params['id'] === undefined && !resource.single;
    const id = request.params['id'] === undefined ? (resource.single ? singleId : '') : idOf(request, resource);
    refuseUnless(core, request, 'update', resource);
    if (request.method === 'PUT' && request.params['id'] === undefined && !resource.single)
      throw methodNotAllowed(request, ['GET', 'POST', 'PATCH']);
    if (isBulk) return saveBulk(core, request, response, resource);
    const save = await readSaveRequest(core, request, { resource, intent: 'update' });
    return runSave(core, request, response, { ...save.request, id }, save.receipt);
  });
  for (const path of ['/:resource/:id', '/:resource']) {
    router.put(path, update);
    router.patch(path, update);
  }

  router.get('/:resource', handle(async (request, response) => {
    const resource = resourceOf(core, request);
    if (resource.single) return sendRecord(core, request, response, resource, singleId);
    return sendList(core, request, response, resource);
  })); // prettier-ignore
  router.post('/:resource', handle(async (request, response) => {
    const resource = resourceOf(core, request);
    if (resource.single) throw methodNotAllowed(request, ['GET', 'PUT', 'PATCH']);
    refuseUnless(core, request, 'create', resource);
    const save = await readSaveRequest(core, request, { resource, intent: 'create' });
    return runSave(core, request, response, { ...save.request, id: newRecordId(save) }, save.receipt);
  })); // prettier-ignore

  router.delete('/:resource/:id', handle(async (request, response) => {
    const resource = resourceOf(core, request);
    if (resource.single) throw methodNotAllowed(request, ['GET', 'PUT', 'PATCH']);
    const id = idOf(request, resource);
    refuseUnless(core, request, 'delete', resource);
    const save = await readSaveRequest(core, request, { resource, intent: 'delete' });
    return runSave(core, request, response, { ...save.request, id }, save.receipt);
  })); // prettier-ignore

  router.delete('/:resource', (request) => {
    const resource = resourceOf(core, request);
    throw methodNotAllowed(request, resource.single ? ['GET', 'PUT', 'PATCH'] : ['GET', 'POST', 'PATCH']);
  });
  router.use(incrementRoutes(core));
  // Before the next one, which would read `/settings/history` as a record with the id `history`.
  router.use(reviseRoutes(core));
  router.get('/:resource/:id', handle(async (request, response) => {
    const resource = resourceOf(core, request);
    return sendRecord(core, request, response, resource, idOf(request, resource));
  })); // prettier-ignore

  return router;
}

/** What the request's audience follows of a stored record. */
function visible(core: Core, request: Request, resource: Resource, stored: StoredRecord | null): JsonObject | null {
  const { audience } = contextOf(request);
  const published = core.permissions.followsPublished(audience) || request.query['view'] === 'published';
  return core.permissions.view(audience, resource, (published ? stored?.published : stored?.record) ?? null);
}

/** Headers of everything that is read: never stale, and different for different people. */
function setReadHeaders(core: Core, request: Request, response: Response): void {
  const isPublic = contextOf(request).identity.user === null;
  response
    .set('Cache-Control', isPublic ? 'no-cache' : 'private, no-cache')
    .vary('Cookie')
    .vary('Authorization');
  // Read before the rows: what is saved in between is told again rather than missed.
  response.set('X-Sync-Cursor', formatCursor({ epoch: core.store.log.epoch, seq: core.store.log.head() }));
}

async function sendRecord(
  core: Core,
  request: Request,
  response: Response,
  resource: Resource,
  id: string,
): Promise<void> {
  refuseUnless(core, request, 'read', resource);
  setReadHeaders(core, request, response);
  const record = visible(core, request, resource, await core.counters.load(resource, id));
  if (record === null) throw new SyncError('NOT_FOUND', `${resource.name} has no record "${id}".`);
  const isPublic = contextOf(request).identity.user === null;
  const version = { epoch: core.store.log.epoch, version: Number(record['version']) };
  response.set('ETag', formatEtag(version, isPublic ? publicViewName(resource) : undefined));
  // Counts move without a new version: a copy with the same ETag may be old. Express would answer 304 by itself.
  if (resource.classes.counter.length > 0) delete request.headers['if-none-match'];
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  response.json(record);
}

const publicViewNames = new WeakMap<Resource, string>();

/** Of what visitors see: another one as soon as they see other fields, or a field that was taken away would stay in caches. */
function publicViewName(resource: Resource): string {
  const known = publicViewNames.get(resource);
  if (known !== undefined) return known;
  const seen = JSON.stringify([resource.public, resource.classes.secret]);
  const name = createHash('sha256').update(seen).digest('hex').slice(0, 8);
  publicViewNames.set(resource, name);
  return name;
}

async function sendList(core: Core, request: Request, response: Response, resource: Resource): Promise<void> {
  refuseUnless(core, request, 'read', resource);
  const query = readListQuery(request.query);
  const { audience } = contextOf(request);
  for (const filter of query.filters) refuseFilter(core.permissions, audience, resource, filter);
  for (const { field } of [...query.equals, ...(query.sort ? [query.sort] : [])])
    refuseField(core.permissions, audience, resource, field, listParameters);
  setReadHeaders(core, request, response);
  const stored = await core.counters.list(resource);
  const records = stored.map((item) => visible(core, request, resource, item)).filter((record) => record !== null);
  const page = listRecords(resource.name, records, query);
  response.set('X-Total-Count', String(page.total));
  if (page.next !== null) response.links({ next: nextLink(request, page.next) });
  response.json(page.records);
}

function nextLink(request: Request, after: string): string {
  const url = new URL(request.originalUrl, 'http://relative');
  url.searchParams.set('after', after);
  return `${url.pathname}${url.search}`;
}

function methodNotAllowed(request: Request, allowed: readonly string[]): SyncError {
  request.res?.set('Allow', allowed.join(', '));
  return new SyncError('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')}.`, { extensions: { allowed } });
}
