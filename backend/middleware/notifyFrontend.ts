import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Actor } from '../../shared/change.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { serverActor } from '../auth/actorOf.ts';
import type { Sync } from '../createSync.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import { mergeStateOf } from './mergeState.ts';
import { createRouteTable } from './routeTable.ts';
import { toJson } from './mergeRoute.ts';

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

/**
 * Tells panel, site and webhooks what an integrator's own route has stored, after it answered 2xx.
 *
 * What is told is the record as `load` gives it then, not what was sent. Between the route's own write and this entry a crash
 * loses the event; code that owns its write calls `sync.append` instead. A failure is logged, since the answer is gone already.
 *
 * Errors  OPTION_INVALID at start-up
 */
export function notifyFrontend(sync: Sync, options: NotifyOptions = {}): RequestHandler {
  if (typeof sync?.append !== 'function') refuseOption('notifyFrontend', 'sync', 'what createSync gave', sync);
  refuseUnknownOptions('notifyFrontend', options, ['resource', 'id', 'load', 'resources', 'actor']);
  const table = options.resources ? createRouteTable(options.resources) : null;

  return (request: Request, response: Response, next: NextFunction) => {
    const found = table?.find(request);
    if (!changingMethods.includes(request.method) || (table && !found)) {
      next();
      return;
    }
    const route: Partial<NotifyRoute> = found?.value ?? options;
    const params = found?.params ?? (request.params as Record<string, string>);
    const answered = rememberAnswer(response);
    const state = mergeStateOf(request);
    let isTold = false;
    const tell = async (): Promise<void> => {
      if (isTold || response.statusCode < 200 || response.statusCode > 299 || !response.writableFinished) return;
      isTold = true;
      const told = await describe(request, route, params, answered());
      if (told === null) return;
      await sync.append({
        ...told,
        actor: options.actor?.(request) ?? serverActor,
        mutationId: state.mutationId,
        notify: state.notify,
      });
    };
    // smartMerge waits for it before the next save of the record; alone, it runs when the response has ended.
    state.afterResponse = () =>
      tell().catch((error: unknown) =>
        sync.logger.error({ err: error, path: request.originalUrl }, 'a change was stored but could not be told'),
      );
    response.once('close', () => void state.afterResponse?.());
    next();
  };
}

async function describe(
  request: Request,
  route: Partial<NotifyRoute>,
  params: Readonly<Record<string, string>>,
  answer: unknown,
): Promise<{ resource: string; id: string; record: JsonObject | null } | null> {
  const state = mergeStateOf(request);
  const resource = route.resource ?? state.resource;
  if (resource === null || resource === undefined) {
    throw new Error(
      'notifyFrontend does not know which resource this route saves: mount smartMerge before it, or give { resource }.',
    );
  }
  const load = route.load ? () => route.load?.(request, params) : state.reload;
  const isDelete = request.method === 'DELETE';
  const loaded: unknown = load ? await load() : isDelete ? null : answer;
  const record = loaded === null || loaded === undefined ? null : toJson(loaded, resource);
  if (record === null && !isDelete) return null;
  const ownId =
    isJsonObject(record) && (typeof record['id'] === 'string' || typeof record['id'] === 'number')
      ? String(record['id'])
      : undefined;
  return { resource, id: route.id?.(request, params) ?? state.id ?? params['id'] ?? ownId ?? 'main', record };
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
