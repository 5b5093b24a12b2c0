import express, { type Request, type RequestHandler, type Router } from 'express';
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { shownLimits, type ShownItem } from '../../../shared/protocol/reach.ts';
import type { User } from '../../auth/permissions.ts';
import type { Core } from '../../core.ts';
import { recordBefore } from '../../log/advance.ts';
import { handle } from '../../handle.ts';
import { inspectJson } from '../../records/inspectJson.ts';
import { readJsonBody } from '../../records/readJsonBody.ts';
import { idOf, refuseUnless, resourceOf } from '../../records/recordTarget.ts';
import { contextOf } from '../../requestContext.ts';
import type { ReachService } from './createReach.ts';

/** What the routes stand on. */
export interface ReachRoutesOptions {
  readonly core: Core;
  readonly reach: ReachService;
  /** Who manages webhooks, and sees where they lead and who is connected. */
  readonly mayConfigure: (user: User) => boolean;
}

/**
 * `GET /<resource>/:id/reach` for who signs in and may read the record, and `POST /sync/shown` for browsers of the site.
 *
 * Source  docs/http.md
 */
export function reachRoutes({ core, reach, mayConfigure }: ReachRoutesOptions): Router {
  const router = express.Router();
  // `/settings/reach` is about the one record of a single resource; `/team/reach` would be a member with that id.
  const isRecord: RequestHandler = (request, _response, next) => {
    const resource = core.resources.get(String(request.params['resource']));
    next(resource && (request.params['id'] !== undefined || resource.single) ? undefined : 'route');
  };

  router.get(['/:resource/reach', '/:resource/:id/reach'], isRecord, handle(async (request, response) => {
    const resource = resourceOf(core, request);
    const { audience, identity } = contextOf(request);
    if (identity.user === null) throw new SyncError('LOGIN_REQUIRED', 'How far a save has come is for people who sign in.');
    refuseUnless(core, request, 'read', resource);
    const id = idOf(request, resource);
    // A deleted record is still followed to the site by who saw it; one that he may not see is not there for him.
    const [last] = await core.store.log.history(resource.name, id, { limit: 1 });
    const shown = last && (last.record ?? recordBefore(last));
    const mayAsk = shown != null && core.permissions.view(audience, resource, shown) !== null;
    const answer = mayAsk ? await reach.reachOf(resource, id) : null;
    if (answer === null) throw new SyncError('NOT_FOUND', `${resource.name} has no record "${id}".`);
    // Where webhooks lead, and what they were answered, is for who manages them; how far the save has come is in the state.
    const isWhole = mayConfigure(identity.user);
    response.set('Cache-Control', 'private, no-store').json(isWhole ? answer : { ...answer, followers: null, endpoints: [] });
  })); // prettier-ignore

  router.post('/sync/shown', handle(async (request, response) => {
    await reach.take(readItems(await readReport(request)));
    response.status(204).end();
  })); // prettier-ignore
  return router;
}

/** The type is not asked for: a page of another origin may send plain text without asking first. */
async function readReport(request: Request): Promise<JsonValue> {
  const body = await readJsonBody(request, shownLimits.maxBytes);
  inspectJson(body, 4);
  return body;
}

function readItems(body: JsonValue): readonly ShownItem[] {
  const items = isJsonObject(body) ? body['items'] : null;
  if (!Array.isArray(items) || items.length > shownLimits.maxItems)
    throw new SyncError('BAD_PARAMETER', `Send { "items": […] } with at most ${shownLimits.maxItems} of them.`);
  return items.map(readItem);
}

function readItem(item: JsonValue): ShownItem {
  const { resource, id, version, kind } = isJsonObject(item) ? item : {};
  if (
    typeof resource === 'string' &&
    typeof id === 'string' &&
    /^[\w.~-]{1,128}$/.test(id) &&
    Number.isSafeInteger(version) &&
    (kind === 'shown' || kind === 'rendered')
  )
    return { resource, id, version: Number(version), kind };
  throw new SyncError('BAD_PARAMETER', 'An item is { resource, id, version, kind: "shown" or "rendered" }.');
}
