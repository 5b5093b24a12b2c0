import type { ResourceDescription } from '../../../shared/resource.ts';

/** The address of a record in the API: a single resource has no id in it. */
export function recordUrl(resource: Pick<ResourceDescription, 'name' | 'single'>, id: string): string {
  const collection = `/api/${encodeURIComponent(resource.name)}`;
  return resource.single ? collection : `${collection}/${encodeURIComponent(id)}`;
}
