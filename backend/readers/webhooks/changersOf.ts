import type { Core } from '../../core.ts';
import { webhooksResource } from './webhooksResource.ts';

/** Saves of an endpoint that are looked through. */
const maxLooked = 100;

/** The ids of those who added or changed an endpoint; the server itself is nobody. Errors  STORE_UNAVAILABLE */
export async function changersOf(core: Core, id: string): Promise<readonly string[]> {
  const entries = await core.store.log.history(webhooksResource.name, id, { limit: maxLooked });
  return [...new Set(entries.flatMap(({ actor }) => (actor.kind === 'server' ? [] : [actor.id])))];
}
