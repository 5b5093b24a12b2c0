import type { Request } from 'express';
import { SyncError } from '../../shared/problem.ts';
import type { Action } from '../auth/permissions.ts';
import type { Core } from '../core.ts';
import { contextOf } from '../requestContext.ts';
import type { Resource } from './defineResource.ts';

/** The id of the one record of a single resource. */
export const singleId = 'main';

/** The resource of a request; the router has let only known names through. */
export function resourceOf(core: Core, request: Request): Resource {
  const resource = core.resources.get(String(request.params['resource']));
  if (!resource) throw new SyncError('NOT_FOUND', 'There is no such resource.');
  return resource;
}

/**
 * The record id of a request.
 *
 * Errors  NOT_FOUND for a text that no id can be
 */
export function idOf(request: Request, resource: Resource): string {
  const id = String(request.params['id'] ?? (resource.single ? singleId : ''));
  if (!/^[\w.~-]{1,128}$/.test(id)) throw new SyncError('NOT_FOUND', `${resource.name} has no record with this id.`);
  return id;
}

/**
 * Refuses what the user may not do with a resource at all: 401 for a visitor, 403 for somebody.
 *
 * What he may do with one record is asked inside its chain (`refuseHidden`), about what is stored at that moment.
 */
export function refuseUnless(core: Core, request: Request, action: Action, resource: Resource): void {
  const { user } = contextOf(request).identity;
  if (core.permissions.can(user, action, resource, null)) return;
  if (user === null)
    throw new SyncError('LOGIN_REQUIRED', 'Sign in at POST /auth/login, or send Authorization: Bearer <token>.');
  throw new SyncError('FORBIDDEN', `${user.name} may not ${action} here.`);
}
