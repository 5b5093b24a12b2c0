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
  refuseField(permissions, audience, resource, field);
}

/**
 * Refuses a field to filter or sort by. `others` are the names that could have been meant beside those of fields.
 *
 * Errors  as refuseFilter
 */
export function refuseField(
  permissions: Permissions,
  audience: Audience,
  resource: Resource,
  field: string,
  others: readonly string[] = [],
): void {
  const shown = field.slice(0, 100);
  if (!permissions.canReadField(audience, resource, field))
    throw new SyncError('FORBIDDEN', `You may not filter or sort "${resource.name}" by "${shown}".`);
  const fields = knownFields(resource);
  const owned = ownedFields(resource);
  if (fields === null || fields.includes(field) || owned.includes(field)) return;
  const readable = [...fields, ...owned].filter((name) => permissions.canReadField(audience, resource, name));
  const nearest = nearestName(shown, [...readable, ...others]);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  throw new SyncError('BAD_PARAMETER', `"${resource.name}" has no field "${shown}".${hint}`);
}
