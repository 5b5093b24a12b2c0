import express, { type Request, type Router } from 'express';
import { formatCursor } from '../shared/cursor.ts';
import type { ResourceDescription } from '../shared/resource.ts';
import { SyncError } from '../shared/problem.ts';
import type { Core } from './core.ts';
import { createMayCount } from './createMayCount.ts';
import type { MessageQueue } from './messages/messageQueueService.ts';
import type { Presence } from './presence/createPresence.ts';
import type { ServiceCache } from './readers/cache/createServiceCache.ts';
import type { Connections } from './readers/realtime/connections.ts';
import { webhooksResource } from './readers/webhooks/webhooksResource.ts';
import { handle } from './handle.ts';
import { createOpenApi } from './openApi.ts';
import { describeResource } from './records/describeResource.ts';
import type { Resource } from './records/defineResource.ts';
import { contextOf } from './requestContext.ts';
import { siteScript } from './siteScript.ts';

/** What the status is made of. */
export interface SystemRoutesOptions {
  readonly core: Core;
  readonly connections: Connections;
  /** How many are told live of a resource. */
  readonly followersOf: (resource: string) => number;
  readonly presence: Presence;
  readonly messages: MessageQueue;
  /** Null where the integrator's code has none. */
  readonly cache: ServiceCache | null;
  /** Every reader of the log with the place it has come to. */
  readonly readers: () => readonly { readonly name: string; readonly seq: number }[];
}

/** `/sync/status`, `/sync/configuration`, `/openapi.json` and the site's script. */
export function systemRoutes(options: SystemRoutesOptions): Router {
  const { core, connections, followersOf, presence, messages, cache, readers } = options;
  const router = express.Router();
  const startedAt = Date.now();
  const mayCount = createMayCount(core);

  router.get('/sync/status', handle(async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const head = core.store.log.head();
    const cursor = formatCursor({ epoch: core.store.log.epoch, seq: head });
    // Who works there, and on what, is for who may configure and is divided from nobody; others learn that it works.
    const { user } = contextOf(request).identity;
    if (!mayCount(user, webhooksResource)) {
      response.json({ status: 'ok', cursor });
      return;
    }
    response.json({
      status: 'ok',
      cursor,
      store: core.store.name,
      uptimeSeconds: Math.round((Date.now() - startedAt) / 1000),
      transports: connections.stats(),
      presence: presence.stats(),
      messages: messages.stats(),
      cache: cache?.stats() ?? null,
      recordsBeingSaved: core.saver.busyRecords,
      blindSaves: core.saver.blindSaves,
      readers: readers().map((reader) => ({ name: reader.name, lag: Math.max(0, head - reader.seq) })),
      resources: [...core.resources.keys()],
    });
  })); // prettier-ignore

  router.get('/sync/configuration', handle(async (request, response) => {
    refuseVisitor(request);
    const { user } = contextOf(request).identity;
    const readable = [...core.resources.values()].filter((resource) => core.permissions.can(user, 'read', resource, null));
    const counted = readable.filter((resource) => mayCount(user, resource));
    const rows = counted.length === 0 ? new Map<string, number>() : await countRecords(core, counted);
    response.set('Cache-Control', 'private, no-cache').vary('Cookie').vary('Authorization');
    response.json({
      resources: readable.map((resource) => ({
        ...describe(core, request, resource),
        ...(counted.includes(resource) ? { rows: rows.get(resource.name) ?? 0 } : {}),
        realtime: {
          live: resource.live,
          priority: resource.priority,
          ...(counted.includes(resource) ? { followers: followersOf(resource.name) } : {}),
        },
      })),
      permissions: { configure: core.permissions.can(user, 'configure', webhooksResource, null) },
    });
  })); // prettier-ignore

  router.get('/site.js', siteScript('site.js'));
  router.get('/site-report.js', siteScript('site-report.js'));
  router.get('/openapi.json', (request, response) => {
    const { audience } = contextOf(request);
    response.set('Cache-Control', 'private, no-cache').vary('Cookie').vary('Authorization');
    response.json(
      createOpenApi({
        resources: core.resources.values(),
        permissions: core.permissions,
        audience,
        mount: request.baseUrl,
      }),
    );
  });
  return router;
}

function describe(core: Core, request: Request, resource: Resource): ResourceDescription {
  const { user } = contextOf(request).identity;
  const may = (action: 'create' | 'update' | 'delete') => core.permissions.can(user, action, resource, null);
  return describeResource(resource, {
    create: !resource.single && may('create'),
    update: may('update'),
    delete: !resource.single && may('delete'),
  });
}

async function countRecords({ store }: Core, resources: readonly Resource[]): Promise<ReadonlyMap<string, number>> {
  if (store.countRecords) return store.countRecords();
  return new Map(
    await Promise.all(resources.map(async ({ name }) => [name, (await store.list(name)).length] as const)),
  );
}

function refuseVisitor(request: Request): void {
  if (contextOf(request).identity.user === null)
    throw new SyncError('LOGIN_REQUIRED', 'The configuration is for people who sign in.');
}
