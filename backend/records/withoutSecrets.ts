import type { JsonObject } from '../../shared/json.ts';
import type { Resource } from './defineResource.ts';

/** A record without its secret fields: what may leave the process at all, before anybody's permissions are looked at. */
export function withoutSecrets(resource: Resource, record: JsonObject): JsonObject {
  if (resource.classes.secret.length === 0) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !resource.classes.secret.includes(`/${name}`)));
}
