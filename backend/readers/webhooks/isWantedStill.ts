import type { Core } from '../../core.ts';
import type { Job } from './deliveryQueue.ts';
import { isWanted, toToldChange } from './toldChange.ts';
import { visitorView } from '../../records/visitorView.ts';
import type { EndpointFilter } from './webhooksResource.ts';

/** Entries that are looked at for one call; more of them are told, as one of the others may be wanted. */
const maxLooked = 100;

/**
 * True when what waits is still for an endpoint: its filter may have been narrowed, and of a record that is gone an endpoint
 * that does not hear of deletions is not told the last content.
 *
 * Errors  STORE_UNAVAILABLE
 */
export async function isWantedStill(
  core: Core,
  filter: EndpointFilter,
  job: Pick<Job, 'key' | 'item'>,
): Promise<boolean> {
  const { resources, events, fields } = filter;
  const { from, to, reset } = job.item;
  if (reset) return true;
  const resource = job.key.slice(0, job.key.indexOf('/'));
  const id = job.key.slice(resource.length + 1);
  if (resources !== null && !resources.includes(resource)) return false;
  if (events === null && fields === null) return true;
  if (events !== null && !events.includes('deleted')) {
    const stored = await core.store.load(resource, id);
    const shown = stored?.published && visitorView(core, resource)?.view(stored.published);
    if (!shown) return false;
  }
  if (to - from >= maxLooked) return true;
  const entries = await core.store.log.history(resource, id, { limit: to - from + 1, beforeVersion: to + 1 });
  const waiting = entries.filter(({ version }) => version >= from);
  // What is no longer kept cannot be judged; it was wanted when it was noted.
  if (waiting.length <= to - from) return true;
  return waiting.some((entry) => {
    const told = toToldChange(core, entry);
    return told !== null && isWanted(filter, told);
  });
}
