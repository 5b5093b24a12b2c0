import type { ResourceDescription } from '../../../shared/resource.ts';
import type { QueueEntry } from '../../client/syncState.ts';
import { recordTitle } from '../record/recordTitle.ts';

/** What a save is of, and the screen where it is made. */
export interface SavedPlace {
  readonly resource: ResourceDescription;
  /** Below the mount of the panel. */
  readonly address: string;
  /** What names the record as far as the save says; empty for a single record. */
  readonly title: string;
}

/** Finds the screen of a save; null for one of nothing that the panel shows. */
export function findSaved(resources: readonly ResourceDescription[], entry: QueueEntry): SavedPlace | null {
  const [, , name, id] = entry.url.split('/');
  const resource = resources.find((each) => encodeURIComponent(each.name) === name);
  if (resource === undefined) return null;
  if (resource.single) return { resource, address: `/${resource.name}`, title: '' };
  const known = recordTitle(resource, { ...entry.current, ...entry.data });
  const title = known === '' && id !== undefined ? decodeURIComponent(id) : known;
  return { resource, address: `/${resource.name}/${id ?? 'new'}`, title };
}
