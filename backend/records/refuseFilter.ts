import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Filter } from '../../shared/protocol/filter.ts';
import type { Audience, Permissions } from '../auth/permissions.ts';
import { knownFields, ownedFields, type Resource } from './defineResource.ts';

/**
 * Refuses a filter that a reader may not use, or that could match nothing: silence would look like "no records".
 *
 * Errors  FORBIDDEN for a hidden field, whose value what arrives would tell; BAD_PARAMETER for one that there is not
 */
export function refuseFilter(
  permissions: Permissions,
  audience: Audience,
  resource: Resource,
  { field, resource: named }: Filter,
): void {
  if (named !== null && named !== resource.name)
    throw new SyncError('BAD_PARAMETER', `A filter for "${named}" says nothing about "${resource.name}".`);
  if (!permissions.canReadField(audience, resource, field))
    throw new SyncError('FORBIDDEN', `You may not filter "${resource.name}" by "${field}".`);
  const fields = knownFields(resource);
  if (fields === null || fields.includes(field) || ownedFields(resource).includes(field)) return;
  const nearest = nearestName(field, fields);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  throw new SyncError('BAD_PARAMETER', `"${resource.name}" has no field "${field}".${hint}`);
}
