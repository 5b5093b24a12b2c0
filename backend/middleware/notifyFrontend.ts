import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Actor } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';
import { serverActor } from '../auth/actorOf.ts';
import type { Sync } from '../createSync.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import { mergeStateOf } from './mergeState.ts';
import { sendProblem } from './problemHandler.ts';
import { createRecordLock, type RecordLock } from './recordLock.ts';
import { createRouteTable } from './routeTable.ts';
import { toJson } from './mergeRoute.ts';
import { whenAnswered } from './whenAnswered.ts';

/** What a route without smartMerge has to say itself; with it, everything is known. */
export interface NotifyRoute {
  readonly resource: string;
  /** The id of the record. Default the parameter `id`; else the `id` of the record that the answer carries; else `main`. */
  readonly id?: (request: Request, params: Readonly<Record<string, string>>) => string | undefined;
  /** Gives the record as it is stored now; null when it is gone. Default: the JSON object of the answer. */
  readonly load?: (request: Request, params: Readonly<Record<string, string>>) => unknown;
}

/** Options of notifyFrontend. */
export type NotifyOptions = Partial<NotifyRoute> & {
  readonly resources?: Readonly<Record<string, NotifyRoute>>;
  /** Who the log names. Default the server. */
  readonly actor?: (request: Request) => Actor;
};

const changingMethods = ['POST', 'PUT', 'PATCH', 'DELETE'];
/** How long a change waits until the one before it is told. */
const turnTimeoutMs = 30_000;
const locks = new WeakMap<Sync, RecordLock>();

/** All instances of one installation share it: two routes to one record take turns. */
function lockOf(sync: Sync): RecordLock {
  const lock = locks.get(sync) ?? createRecordLock();
  locks.set(sync, lock);
  return lock;
}

/**
 * Tells panel, site and webhooks what an integrator's own route has stored, after its handler answered 2xx,
 * whether the client was still there to read that or not.
 *
 * What is told is the record as `load` gives it then, not what was sent. Between the route's own write and this entry a crash
 * loses the event; code that owns its write calls `sync.append` instead. A failure is logged, since the answer is gone already.
 *
 * Errors  OPTION_INVALID at start-up
 */
export function notifyFrontend(sync: Sync, options: NotifyOptions = {}): RequestHandler {
  if (typeof sync?.append !== 'function') refuseOption('notifyFrontend', 'sync', 'what createSync gave', sync);
  refuseUnknownOptions('notifyFrontend', options, ['resource', 'id', 'load', 'resources', 'actor']);
  const lock = lockOf(sync);
  const table = options.resources ? createRouteTable(options.resources) : null;

  return (request: Request, response: Response, next: NextFunction) => {
    if (!changingMethods.includes(request.method)) {
      next();
      return;
    }
    let found: ReturnType<NonNullable<typeof table>['find']>;
    try {
      found = table?.find(request) ?? null;
    } catch (error) {
      sendProblem(request, response, error);
      return;
    }
    if (table && !found) {
      next();
      return;
    }
    const route: Partial<NotifyRoute> = found?.value ?? options;
    const params = found?.params ?? (request.params as Record<string, string>);
    const answered = rememberAnswer(response);
    const state = mergeStateOf(request);
    const tell = async (): Promise<void> => {
      if (response.statusCode < 200 || response.statusCode > 299) return;
      const changed: ChangedRoute = {
        request,
        route,
        params,
        answer: answered(),
        isCaptured: (resource) => sync.isCaptured(resource),
      };
      await inTurn(lock, changed, async (told) => {
        await sync.append({
          ...told,
          actor: options.actor?.(request) ?? serverActor,
          mutationId: state.mutationId,
          notify: state.notify,
        });
      });
    };
    // smartMerge waits for the same promise before the next save of the record, whichever of the two is mounted first.
    let told: Promise<void> | null = null;
    const tellOnce = () =>
      (told ??= tell().catch((error: unknown) =>
        sync.logger.error({ err: error, path: request.originalUrl }, 'a change was stored but could not be told'),
      ));
    state.afterResponse.push(tellOnce);
    whenAnswered(response, () => void tellOnce());
    next();
  };
}

interface ChangedRoute {
  readonly request: Request;
  readonly route: Partial<NotifyRoute>;
  readonly params: Readonly<Record<string, string>>;
  readonly answer: unknown;
  readonly isCaptured: (resource: string) => boolean;
}

interface Told {
  readonly resource: string;
  readonly id: string;
  readonly record: JsonObject | null;
}

/** Reads and tells a record one after the other, so that what is told last is what was read last. */
async function inTurn(lock: RecordLock, changed: ChangedRoute, append: (told: Told) => Promise<void>): Promise<void> {
  const resource = changed.route.resource ?? mergeStateOf(changed.request).resource;
  if (resource === null) {
    throw new Error(
      'notifyFrontend does not know which resource this route saves: mount smartMerge before it, or give { resource }.',
    );
  }
  // The trigger of its table tells it, and everything else that writes there.
  if (changed.isCaptured(resource)) return;
  // A record that was just created may say its id only once it is read.
  const id = knownId(changed) ?? ownId(await read(changed, resource)) ?? 'main';
  const release = await lock.take(`${resource}/${id}`, turnTimeoutMs);
  try {
    const record = await read(changed, resource);
    if (record !== null || changed.request.method === 'DELETE') await append({ resource, id, record });
  } finally {
    release?.();
  }
}

function knownId({ request, route, params }: ChangedRoute): string | undefined {
  return route.id?.(request, params) ?? mergeStateOf(request).id ?? params['id'];
}

function ownId(record: JsonObject | null): string | undefined {
  const id = record?.['id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

async function read({ request, route, params, answer }: ChangedRoute, resource: string): Promise<JsonObject | null> {
  const load = route.load ? () => route.load?.(request, params) : mergeStateOf(request).reload;
  const loaded: unknown = load ? await load() : request.method === 'DELETE' ? null : answer;
  return loaded === null || loaded === undefined ? null : toJson(loaded, resource);
}

/** Remembers the object given to `response.json`; the answer itself is not touched. */
function rememberAnswer(response: Response): () => unknown {
  let answer: unknown;
  const json = response.json.bind(response);
  response.json = (body: unknown) => {
    answer = body;
    return json(body);
  };
  return () => answer;
}
