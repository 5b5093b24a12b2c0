import type { Core } from '../../core.ts';
import { ordersOf } from './endpointState.ts';
import type { EndpointWorker } from './endpointWorker.ts';
import { toToldChange, isWanted } from './toldChange.ts';
import type { LogPosition } from '../../../shared/cursor.ts';
import type { EndpointFilter } from './webhooksResource.ts';

const pageSize = 256;

/**
 * Does once what the record of an endpoint orders: to tell at once what waits (it was switched on again), to tell again what
 * happened after a place, or one record.
 *
 * Orders stand in the record, so that the process that has the endpoint gets them whoever was asked; what was done stands in
 * its state, so that an end of the process in between does it once more and not never.
 *
 * Shape   `isFree` false while calls are made that the worker does not know: it makes none of its own until they have ended
 * Errors  STORE_UNAVAILABLE
 */
export async function carryOutOrders(
  core: Core,
  worker: EndpointWorker,
  { now, isFree }: { readonly now: number; readonly isFree: boolean },
): Promise<void> {
  const { endpoint, queue } = worker;
  const wanted = ordersOf(endpoint);
  const done = queue.orders ?? { resume: null, replay: null };
  const resends = endpoint.resends.filter(({ id }) => !done.resends?.includes(id));
  if (wanted.resume === done.resume && wanted.replay === done.replay && resends.length === 0) return;
  if (wanted.resume !== done.resume) queue.makeDue(now);
  if (endpoint.replay && wanted.replay !== done.replay) {
    const changed = await readChanged(core, endpoint, endpoint.replay);
    if (typeof changed === 'string')
      worker.noteReset({ epoch: core.store.log.epoch, seq: core.store.log.head() }, changed);
    else for (const [key, versions] of changed) queue.noteAgain(key, versions, 'replay', now);
  }
  // Each waits for the call of its record that is under way, and not for the receiver's pause; what it needs is noted at once.
  for (const { key, from, to } of resends) {
    if (isFree) void worker.resend(key, [from, to]);
    else queue.noteAgain(key, [from, to], 'resend', now);
  }
  queue.noteOrders(wanted);
  worker.persist(true);
  worker.offer();
}

/**
 * The records that an endpoint was told of after a place, with the first and last version of each; `epoch` when the place is of
 * another log, `retention` when some of it is no longer kept.
 *
 * Shape   by `<resource>/<id>`
 * Errors  STORE_UNAVAILABLE
 */
export async function readChanged(
  core: Core,
  filter: EndpointFilter,
  after: LogPosition,
): Promise<ReadonlyMap<string, readonly [from: number, to: number]> | 'epoch' | 'retention'> {
  const { log } = core.store;
  if (after.epoch !== log.epoch) return 'epoch';
  const changed = new Map<string, readonly [number, number]>();
  const head = log.head();
  for (let at = after.seq; at < head;) {
    const { entries, floor } = await log.read(at, pageSize);
    if (at < floor) return 'retention';
    for (const entry of entries) {
      if (entry.kind !== 'change') continue;
      const told = toToldChange(core, entry);
      if (told === null || !isWanted(filter, told)) continue;
      const key = `${told.resource}/${told.id}`;
      changed.set(key, [changed.get(key)?.[0] ?? told.version, told.version]);
    }
    at = entries.at(-1)?.seq ?? head;
  }
  return changed;
}
