import type { Permissions, User } from './auth/permissions.ts';
import type { Logger } from './logger.ts';
import { webhooksResource } from './readers/webhooks/webhooksResource.ts';
import type { Resource } from './records/defineResource.ts';

/** Says whether a user may learn how much there is of a resource, and how much others do with it. */
export type MayCount = (user: User | null, resource: Resource) => boolean;

/**
 * Makes the rule: who may configure and reads whatever is in it. Who is divided from others by a scope learns nothing of them.
 *
 * Errors  none: what an integrator's rule throws about a record without fields is a no, and a line of the logger, once
 */
export function createMayCount({ permissions, logger }: { permissions: Permissions; logger: Logger }): MayCount {
  let isLogged = false;
  return (user, resource) => {
    if (!permissions.can(user, 'configure', webhooksResource, null)) return false;
    try {
      // A record with no field at all is in nobody's scope who has one.
      return permissions.can(user, 'read', resource, {});
    } catch (error) {
      if (!isLogged)
        logger.warn(
          { err: error, resource: resource.name },
          '`can` failed for a record without fields: who may read all of it is not known, so figures are not shown',
        );
      isLogged = true;
      return false;
    }
  };
}
