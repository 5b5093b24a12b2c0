import type { JsonObject } from '../../shared/json.ts';
import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';
import { knownFields, type Resource } from './defineResource.ts';
import { serverOwnedFields } from './fieldClasses.ts';
import { namedFields } from './namedFields.ts';
import type { SaveBody } from './saveRequest.ts';

/**
 * Refuses a top-level field that the schema does not describe and the record does not have, and names the nearest known one:
 * a field that a schema would strip silently is work that somebody loses.
 *
 * Errors  INVALID with one error per field
 */
export function refuseUnknownFields(resource: Resource, body: SaveBody, current: JsonObject): void {
  const known = knownFields(resource);
  if (known === null) return;
  const unknown = namedFields(body).filter(
    (name) =>
      !known.includes(name) &&
      !(serverOwnedFields as readonly string[]).includes(name) &&
      !Object.hasOwn(current, name),
  );
  if (unknown.length === 0) return;
  const errors = unknown.slice(0, 20).map((name) => {
    const nearest = nearestName(name.slice(0, 100), known);
    return {
      path: `/${name.slice(0, 100)}`,
      code: 'unknown_field',
      message: `"${name.slice(0, 100)}" is not a field of ${resource.name}.${nearest ? ` Did you mean "${nearest}"?` : ''}`,
    };
  });
  throw new SyncError(
    'INVALID',
    `${unknown.length === 1 ? 'One field is' : `${unknown.length} fields are`} not known; nothing was saved.`,
    { extensions: { errors } },
  );
}
