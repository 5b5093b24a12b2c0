import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';

/** What names a record to a person; '' when that field is empty. */
export function recordTitle(resource: Pick<ResourceDescription, 'titleField'>, record: JsonObject): string {
  const value = record[resource.titleField];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
