import type { JsonObject } from '../../shared/json.ts';
import { ownedFields, type Resource } from './defineResource.ts';

/** A record as its schema expects it: without the fields that the server owns, unless the schema describes them itself. */
export function toSchemaInput(resource: Resource, record: JsonObject, foreign = false): JsonObject {
  // A schema of somebody else's route that cannot be looked into has always judged whole records.
  if (foreign && resource.jsonSchema === null) return record;
  const properties = resource.jsonSchema?.['properties'];
  const described = typeof properties === 'object' && properties !== null ? properties : {};
  const hidden = ownedFields(resource).filter((name) => name in record && !Object.hasOwn(described, name));
  if (hidden.length === 0) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !hidden.includes(name)));
}
