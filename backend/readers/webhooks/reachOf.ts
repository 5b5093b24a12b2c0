import type { EndpointReach } from '../../../shared/protocol/reach.ts';
import type { Core } from '../../core.ts';
import type { DeliveryLog, DeliveryRow } from '../../log/deliveryLog.ts';
import type { StateStore } from '../../stores/store.ts';
import { knownState } from './endpointAnswer.ts';
import { webhooksBucket, type EndpointState } from './endpointState.ts';
import type { EndpointWorkers } from './endpointWorkers.ts';
import { isWanted, toToldChange } from './toldChange.ts';
import { toEndpoint, webhooksResource, type Endpoint } from './webhooksResource.ts';

/** What the answer is made from. */
export interface ReachOptions {
  readonly core: Core;
  readonly state: StateStore;
  readonly workers: () => EndpointWorkers;
  readonly deliveries: () => DeliveryLog;
  /** The rows of the last moments before it may be lost. Milliseconds since 1970. */
  readonly startedAt: () => number;
}

/**
 * Follows a version of a record to every endpoint.
 *
 * Errors  STORE_UNAVAILABLE
 */
export async function reachOf(
  { core, state, workers, deliveries, startedAt }: ReachOptions,
  { resource, id, version }: { readonly resource: string; readonly id: string; readonly version: number },
): Promise<readonly EndpointReach[]> {
  const { store } = core;
  const entry = await store.log.version(resource, id, version);
  const told = entry && toToldChange(core, entry);
  const endpoints = (await store.list(webhooksResource.name)).flatMap((stored) => toEndpoint(stored) ?? []);
  const rows = new Map((await deliveries().latestOf(resource, id)).map((row) => [row.endpoint, row]));
  const since = Math.max(deliveries().latestSince?.() ?? 0, startedAt());
  const stored = new Map((await state.list(webhooksBucket)).map(({ key, value }) => [key, value]));

  return endpoints.map((endpoint) => {
    const nothing = { version: null, at: null, durationMs: null, shownVersion: null, error: null, nextAttemptAt: null };
    const about = {
      id: endpoint.id,
      server: new URL(endpoint.url).origin,
      description: endpoint.description,
      why: null,
    };
    // An entry that is no longer kept was told long ago, or never will be: nothing says which.
    if (entry === null) return { ...about, ...nothing, state: 'unknown' as const };
    const why =
      entry.notify === false ? 'silent' : told === null ? 'hidden' : isWanted(endpoint, told) ? null : 'filter';
    if (why !== null) return { ...about, ...nothing, why, state: 'notTold' as const };
    const known = knownState(workers(), endpoint.id, stored.get(endpoint.id));
    const cursor = workers().find(endpoint.id)?.cursor ?? known?.cursor ?? null;
    const hasRead = cursor?.epoch === store.log.epoch && cursor.seq >= entry.seq;
    return {
      ...about,
      ...nothing,
      ...judge({
        endpoint,
        known,
        hasRead,
        isKept: entry.at >= since || Date.parse(endpoint.createdAt) > entry.at,
        key: `${resource}/${id}`,
        version,
        row: rows.get(endpoint.id),
      }),
    };
  });
}

function judge(of: {
  readonly endpoint: Endpoint;
  readonly known: EndpointState | null;
  readonly hasRead: boolean;
  /** True when a call for it would be known. */
  readonly isKept: boolean;
  readonly key: string;
  readonly version: number;
  readonly row: DeliveryRow | undefined;
}): Pick<EndpointReach, 'state'> & Partial<EndpointReach> {
  const { endpoint, known, row, version } = of;
  const item = known?.pending[of.key] ?? known?.pending['reset'];
  const isWaiting = item !== undefined && (item.reset !== undefined || (item.to >= version && item.from <= version));
  const attempt = row ? { at: row.at, durationMs: row.durationMs, error: row.error } : {};
  const toldVersion = row?.versions?.[1] ?? null;
  if (!isWaiting && of.hasRead && row?.outcome === 'delivered' && toldVersion !== null && toldVersion >= version)
    return { state: 'sent', ...attempt, version: toldVersion, shownVersion: row.shownVersion };
  // What waits begins after it: everything before was taken.
  if (item !== undefined && item.reset === undefined && item.from > version) return { state: 'sent' };
  if (!isWaiting && of.hasRead && row === undefined && !of.isKept) return { state: 'unknown' };
  // Nothing waits, and nothing is kept of a call for it: the endpoint was added, or hears of it, since after the save.
  if (!isWaiting && of.hasRead && endpoint.active) return { state: 'notTold', why: 'later' };
  if (!endpoint.active) return { state: 'paused', ...attempt, error: endpoint.disabledReason };
  if (item === undefined || item.attempt === 0) return { state: 'waiting' };
  const nextAt = Math.max(item.nextAt, known?.quietUntil ?? 0);
  return { state: 'failed', ...attempt, nextAttemptAt: new Date(nextAt).toISOString() };
}
