import express, { type Request, type Router } from 'express';
import { isJsonObject } from '../../../shared/json.ts';
import { formatPointer } from '../../../shared/merge/index.ts';
import { nearestName } from '../../../shared/nearestName.ts';
import { SyncError, type FieldError } from '../../../shared/problem.ts';
import type { Core } from '../../core.ts';
import { handle } from '../../handle.ts';
import { contextOf } from '../../requestContext.ts';
import type { Resource } from '../defineResource.ts';
import { inspectJson } from '../inspectJson.ts';
import { bodyKind, readJsonBody } from '../readJsonBody.ts';
import { commonSave } from '../readSaveRequest.ts';
import { idOf, resourceOf } from '../recordTarget.ts';
import { counterNames } from './withCounts.ts';

/** The largest step of one increment, in either direction. */
export const maxIncrement = 1_000_000;

/**
 * `POST /<resource>/:id/increment`: counters are added to, never set.
 *
 * Shape   body `{ "views": 1 }`; answer `{ id, version, …counters }`, of which a visitor gets those that he may read
 * Errors  KEY_REQUIRED, INVALID, LOGIN_REQUIRED, FORBIDDEN, NOT_FOUND, and those of Counters
 */
export function incrementRoutes(core: Core): Router {
  const router = express.Router();
  router.post(['/:resource/increment', '/:resource/:id/increment'], (request, _response, next) => {
    const isSingle = core.resources.get(String(request.params['resource']))?.single ?? false;
    next(request.params['id'] === undefined && !isSingle ? 'route' : undefined);
  }, handle(async (request, response) => {
    const resource = resourceOf(core, request);
    const id = idOf(request, resource);
    const by = await readIncrements(core, request, resource);
    const { common } = commonSave(core, request, resource, by);
    refuseVisitor(core, request, resource, by);
    if (!common.key)
      throw new SyncError('KEY_REQUIRED', 'Send an Idempotency-Key, such as a uuid: without one a repeat would count twice.');
    const { user } = contextOf(request).identity;
    const result = await core.counters.increment({
      resource, id, by, actor: common.actor, key: common.key,
      notify: common.notify ?? true, dryRun: common.dryRun ?? false,
      refuse: (stored) => {
        const shown = user === null ? stored.published : stored.record;
        if (shown === null || !common.access?.sees(shown))
          throw new SyncError('NOT_FOUND', `${resource.name} has no record "${id}".`);
        if (user !== null && !core.permissions.can(user, 'update', resource, shown))
          throw new SyncError('FORBIDDEN', `${user.name} may not count here.`);
      },
    });
    core.logger.info({ requestId: contextOf(request).requestId, actor: common.actor.name, resource: resource.name, id, repeated: result.repeated }, 'increment');
    if (result.repeated) response.set('Idempotent-Replayed', 'true');
    const { audience } = contextOf(request);
    const counts = Object.entries(result.counts).filter(([name]) => core.permissions.canReadField(audience, resource, name));
    response.set('Cache-Control', 'no-store').json({ id, version: result.version, ...Object.fromEntries(counts) });
  })); // prettier-ignore
  return router;
}

/** Bytes that a visitor may send; the most errors of one answer. */
const maxVisitorBytes = 10_000;
const maxErrors = 20;

function refuseStranger(): never {
  throw new SyncError('LOGIN_REQUIRED', 'Visitors may only add 1 to the public counters of a resource.');
}

async function readIncrements(core: Core, request: Request, resource: Resource): Promise<Record<string, number>> {
  if (bodyKind(request.get('content-type')) !== 'fields')
    throw new SyncError('MEDIA_TYPE', 'Send the counters as application/json.', {
      extensions: { accepted: ['application/json'] },
    });
  const isVisitor = contextOf(request).identity.user === null;
  if (isVisitor && resource.publicCounters.length === 0) refuseStranger();
  const raw = await readJsonBody(request, isVisitor ? maxVisitorBytes : core.limits.maxBodyBytes);
  inspectJson(raw, core.limits.maxDepth);
  if (!isJsonObject(raw) || Object.keys(raw).length === 0)
    throw new SyncError('BODY_NOT_OBJECT', 'Send the counters and what to add to them, such as { "views": 1 }.');
  const names = counterNames(resource);
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (errors.length === maxErrors) break;
    if (!names.includes(name)) {
      const nearest = nearestName(name, names);
      const message = `"${name.slice(0, 100)}" is no counter of ${resource.name}${nearest ? `; did you mean "${nearest}"?` : '.'}`;
      errors.push({ path: formatPointer([name.slice(0, 100)]), code: 'unknown_field', message });
    } else if (!Number.isInteger(value) || value === 0 || Math.abs(value as number) > maxIncrement) {
      const message = `Send a whole number other than 0, at most ${maxIncrement}.`;
      errors.push({ path: formatPointer([name]), code: 'increment', message });
    }
  }
  if (errors.length > 0) throw new SyncError('INVALID', 'Nothing was counted.', { extensions: { errors } });
  return raw as Record<string, number>;
}

/** A visitor counts one by one, and only what is declared for him; anything else needs the right to update. */
function refuseVisitor(core: Core, request: Request, resource: Resource, by: Readonly<Record<string, number>>): void {
  const { user } = contextOf(request).identity;
  if (user === null) {
    const isOpen = Object.entries(by).every(
      ([name, value]) => value === 1 && resource.publicCounters.includes(formatPointer([name])),
    );
    if (!isOpen) refuseStranger();
  } else if (!core.permissions.can(user, 'update', resource, null)) {
    throw new SyncError('FORBIDDEN', `${user.name} may not count here.`);
  }
}
