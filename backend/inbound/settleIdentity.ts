import type { JsonObject } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import { serverActor } from '../auth/actorOf.ts';
import { recordBefore } from '../log/advance.ts';
import type { Resource } from '../records/defineResource.ts';
import type { SaveResult } from '../records/saveRequest.ts';
import type { SettleParts } from '../records/sourcedFields.ts';
import { isLiving, loadLedger, membershipsOf } from './identityLedger.ts';
import { isOvertaken } from './isOvertaken.ts';

/** How often a save is made again because another one came in between. */
const maxAttempts = 20;
/** Versions of a record that are looked through for the last one that had an identity. */
const maxLooked = 100;

/**
 * Makes the identity of a person whom somebody has just created or brought back what the source says at this moment: an event may have
 * come between the look at what is known and the save, and found nothing to change.
 *
 * Shape   resolves to the save that it took; null when all was right
 * Errors  SAVE_BUSY, STORE_UNAVAILABLE, and INVALID where the integrator's schema refuses the record
 */
export async function settleIdentity(
  { store, saver, names }: SettleParts & { readonly names: readonly string[] },
  resource: Resource,
  id: string,
): Promise<SaveResult | null> {
  let made: SaveResult | null = null;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const stored = await store.load(resource.name, id);
    const current = stored?.record;
    if (stored == null || current == null) return made;
    const wanted = await wantedOf(store, resource, id, current, names);
    const fields = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !jsonEquals(current[name] ?? null, value))); // prettier-ignore
    const unset = names.filter((name) => current[name] !== undefined && wanted[name] === undefined);
    if (Object.keys(fields).length === 0 && unset.length === 0) return made;
    try {
      made = await saver.save({
        resource,
        id,
        intent: 'update',
        body: { kind: 'fields', fields, unset: unset.map((name) => `/${name}`) },
        base: { kind: 'versions', versions: [{ epoch: store.log.epoch, version: stored.version }] },
        exactVersion: true,
        needsBase: false,
        actor: serverActor,
        override: names,
      });
    } catch (error) {
      if (!isOvertaken(error)) throw error;
    }
  }
  throw new SyncError('SAVE_BUSY', 'Others are saving this user faster than it can be brought back. Try again.', {
    extensions: { retryAfterSeconds: 1 },
  });
}

/** Everything that the record ought to have of the source; nothing but an empty list for somebody who has ended there, or was never there. */
async function wantedOf(
  store: SettleParts['store'],
  resource: Resource,
  id: string,
  current: JsonObject,
  names: readonly string[],
): Promise<JsonObject> {
  const ledger = await loadLedger(store, id);
  if (!isLiving(ledger)) return { organization_memberships: [] };
  const known = current['source_id'] === undefined ? await lastIdentity(store, resource, id) : current;
  const own = Object.entries({ ...idsOf(id), ...known }).filter(([name]) => names.includes(name));
  return { ...Object.fromEntries(own), organization_memberships: membershipsOf(ledger) };
}

/** The record as it was when somebody deleted it. */
async function lastIdentity(store: SettleParts['store'], resource: Resource, id: string): Promise<JsonObject> {
  const entries = await store.log.history(resource.name, id, { limit: maxLooked });
  const deletion = entries.find(({ record }) => record === null);
  return (deletion && recordBefore(deletion)) ?? {};
}

/** What the id alone says, where nothing older is kept: those of Clerk have no full stop, all others begin with their source. */
function idsOf(id: string): JsonObject {
  const stop = id.indexOf('.');
  if (stop === -1) return { source: 'clerk', source_id: id, clerk_user_id: id };
  return { source: id.slice(0, stop), source_id: id.slice(stop + 1) };
}
