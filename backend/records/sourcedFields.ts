import type { JsonObject } from '../../shared/json.ts';
import { recordBefore } from '../log/advance.ts';
import type { Store } from '../stores/store.ts';
import type { Resource } from './defineResource.ts';
import type { Saver } from './save.ts';
import type { SaveRequest, SaveResult } from './saveRequest.ts';
import { revivedRecord } from './revision.ts';

/** Fields whose values come from elsewhere: on create too, only the server's own code sets them, by `override`. */
export interface SourcedFields {
  readonly names: readonly string[];
  /** What a deleted record has of them when it comes back; `before` is the record as it was deleted. Errors  STORE_UNAVAILABLE */
  readonly revive: (store: Store, id: string, before: JsonObject) => Promise<JsonObject>;
  /** Makes them what their source says, after somebody has created a record; null when they are. Errors  SAVE_BUSY, STORE_UNAVAILABLE */
  readonly settle: (parts: SettleParts, resource: Resource, id: string) => Promise<SaveResult | null>;
}

/** What settling stands on. */
export interface SettleParts {
  readonly store: Store;
  readonly saver: Saver;
}

/** A save by somebody who is not the source, with what the source says of a record that it has created. */
export async function settled(parts: SettleParts, save: SaveRequest, result: SaveResult): Promise<SaveResult> {
  const { resource, dryRun } = save;
  if (resource.sourced === null || result.outcome !== 'created' || dryRun === true) return result;
  const made = await resource.sourced.settle(parts, resource, result.id);
  return made === null ? result : { ...result, record: made.record, version: made.version };
}

/**
 * A record that comes back after it was deleted. Whatever version is wanted, sourced fields are what their source says now: an older
 * version would bring a role back that was taken away.
 *
 * Errors  STORE_UNAVAILABLE
 */
export async function broughtBack(
  store: Store,
  { resource, id }: { readonly resource: Resource; readonly id: string },
  wanted: JsonObject,
): Promise<ReturnType<typeof revivedRecord>> {
  const { sourced } = resource;
  if (sourced === null) return revivedRecord(resource, wanted);
  const [last] = await store.log.history(resource.name, id, { limit: 1 });
  const before = (last && recordBefore(last)) ?? {};
  const own = Object.entries(wanted).filter(([name]) => !sourced.names.includes(name));
  const fromSource = await sourced.revive(store, id, before);
  const revived = revivedRecord(resource, { ...Object.fromEntries(own), ...fromSource });
  return { ...revived, override: [...(revived.override ?? []), ...sourced.names] };
}
