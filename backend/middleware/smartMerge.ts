import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { SyncError } from '../../shared/problem.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import type { MergeRoute } from './mergeRoute.ts';
import { mergeMark } from './mergeState.ts';
import { sendProblem } from './problemHandler.ts';
import { createRecordLock } from './recordLock.ts';
import { createRouteTable } from './routeTable.ts';
import { runMerge } from './runMerge.ts';

/** Options of smartMerge: one route, or many by their path for `app.use`. */
export type SmartMergeOptions = (MergeRoute | { readonly resources: Readonly<Record<string, MergeRoute>> }) & {
  /** Milliseconds that a save waits for another one of the same record. Default 30,000. */
  readonly lockTimeoutMs?: number;
  /** Who may keep webhooks and the site silent with `Prefer: notify=none`. Default: nobody, it is answered with 403. */
  readonly allowSilent?: (request: Request) => boolean;
};

/** The middleware, and what it has counted. */
export interface SmartMerge extends RequestHandler {
  /** Saves since the start that did not say what they were based on: each may have overwritten somebody. */
  blindSaves(): number;
}

const routeOptions = [
  'resource',
  'load',
  'preserve',
  'id',
  'schema',
  'keys',
  'atomic',
  'texts',
  'appendOnly',
  'baseField',
  'ifMatch',
  'base',
  'body',
  'actor',
  'save',
  'version',
  'unchanged',
  'view',
];
const mergedMethods = ['PUT', 'PATCH'];
const ownOptions = ['lockTimeoutMs', 'allowSilent'];

/** All instances share it: two routes to one record take turns. */
const lock = createRecordLock();

/**
 * Merges what a client sends with what is stored, on a route that exists already: `req.body` becomes the whole merged record.
 *
 * Absent fields stay, protected fields are put back, edits of others since the form was loaded are kept, and a collision is
 * answered with 409 instead of being lost. Saves of one record run one after the other until their handler has answered.
 * Mount authentication and authorisation before it: it answers some saves itself, with the stored record.
 *
 * Errors  as problems: CONFLICT, INVALID, BASE_REQUIRED, SAVE_BUSY, FORBIDDEN, BAD_PARAMETER, BODY_NOT_JSON and those of the body; OPTION_UNKNOWN and OPTION_INVALID at start-up
 */
export function smartMerge(options: SmartMergeOptions): SmartMerge {
  const { lockTimeoutMs = 30_000, allowSilent = () => false } = options;
  if (typeof allowSilent !== 'function')
    refuseOption('smartMerge', 'allowSilent', 'a function that says yes or no for a request', allowSilent);
  const table = 'resources' in options ? createRouteTable(checkRoutes(options.resources)) : null;
  if (table) refuseUnknownOptions('smartMerge', options, ['resources', ...ownOptions]);
  else checkRoute('smartMerge', options as MergeRoute, [...routeOptions, ...ownOptions]);
  const find = (request: Request) => {
    if (!mergedMethods.includes(request.method)) return null;
    return table
      ? table.find(request)
      : { value: options as MergeRoute, params: request.params as Record<string, string> };
  };

  let blindSaves = 0;
  const onBlind = () => void (blindSaves += 1);
  const middleware = (request: Request, response: Response, next: NextFunction): void => {
    if (!mergedMethods.includes(request.method)) {
      next();
      return;
    }
    const run = async (): Promise<boolean> => {
      const route = find(request);
      if (!route) return true;
      const { value, params } = route;
      return runMerge({ route: value, params, request, response, lock, lockTimeoutMs, allowSilent, onBlind });
    };
    run().then(
      (proceeds) => proceeds && next(),
      (error: unknown) =>
        error instanceof SyncError && error.code === 'BAD_PARAMETER'
          ? sendProblem(request, response, error)
          : next(error),
    );
  };
  return Object.assign(middleware, {
    [mergeMark]: (request: Request) => find(request) !== null,
    blindSaves: () => blindSaves,
  });
}

function checkRoutes(routes: Readonly<Record<string, MergeRoute>>): Readonly<Record<string, MergeRoute>> {
  for (const [path, route] of Object.entries(routes)) {
    if (!path.startsWith('/')) refuseOption('smartMerge', 'resources', 'paths such as "/api/team/:id"', path);
    checkRoute(`smartMerge("${path}")`, route, routeOptions);
  }
  return routes;
}

function checkRoute(of: string, route: MergeRoute, known: readonly string[]): void {
  refuseUnknownOptions(of, route, known);
  if (typeof route.resource !== 'string' || route.resource === '')
    refuseOption(of, 'resource', 'the name of the resource', route.resource);
  if (typeof route.load !== 'function') refuseOption(of, 'load', 'a function that gives the stored record', route.load);
  for (const name of ['preserve', 'atomic', 'texts', 'appendOnly'] as const)
    if (route[name] !== undefined && !Array.isArray(route[name]))
      refuseOption(of, name, 'a list of fields', route[name]);
  if (route.ifMatch !== undefined && route.ifMatch !== 'merge' && route.ifMatch !== 'strict')
    refuseOption(of, 'ifMatch', '"merge" or "strict"', route.ifMatch);
  if (route.view !== undefined && typeof route.view !== 'function')
    refuseOption(of, 'view', 'a function that gives what the asker may see', route.view);
}
