import type { LogPosition } from '../../../shared/cursor.ts';
import type { EndpointReach } from '../../../shared/protocol/reach.ts';
import type { Core } from '../../core.ts';
import type { DeliveryLog, DeliveryRow } from '../../log/deliveryLog.ts';
import type { StateStore } from '../../stores/store.ts';
import { knownState } from './endpointAnswer.ts';
import { webhooksBucket, type EndpointState, type PendingDelivery } from './endpointState.ts';
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

/** Calls of an endpoint that are looked through for one that told before what the newest one told in vain. */
const maxLooked = 200;

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

  async function follow(endpoint: Endpoint): Promise<EndpointReach> {
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
    const place = { epoch: store.log.epoch, seq: entry.seq };
    const newest = rows.get(endpoint.id);
    const url = newest && endpoint.moved !== null ? await addressOf(deliveries(), newest) : null;
    // Also what was saved while the address was being changed: `moved` is from just before it was stored.
    const isElsewhere = url !== null && url !== endpoint.url;
    const isBeforeMove = reaches(endpoint.moved, place) || isElsewhere;
    // What its old address took says nothing about the one that it has now.
    const row = isBeforeMove && url !== endpoint.url ? undefined : newest;
    const isKept = newest !== undefined || entry.at >= since || Date.parse(endpoint.createdAt) > entry.at;
    const of = {
      endpoint,
      known,
      hasRead: reaches(workers().find(endpoint.id)?.cursor ?? known?.cursor ?? null, place),
      isKept,
      isBeforeMove,
      isAddedSince: Date.parse(endpoint.createdAt) > entry.at,
      hasLoaded: known?.takenReset?.url === endpoint.url && reaches(known.takenReset, place),
      key: `${resource}/${id}`,
      version,
      row,
    };
    const earlier = isRepeatInVain(of) || isBeforeWaiting(of) ? await earlierTaken(deliveries(), of) : undefined;
    return { ...about, ...nothing, ...judge(earlier ? { ...of, row: earlier } : of) };
  }

  return Promise.all(endpoints.map(follow));
}

interface Way {
  readonly endpoint: Endpoint;
  readonly known: EndpointState | null;
  readonly hasRead: boolean;
  /** True when a call for it would be known. */
  readonly isKept: boolean;
  /** True when it was saved before the endpoint got its address. */
  readonly isBeforeMove: boolean;
  /** True when it was saved before there was the endpoint. */
  readonly isAddedSince: boolean;
  /** True when the receiver was told to load everything after it was saved. */
  readonly hasLoaded: boolean;
  readonly key: string;
  readonly version: number;
  readonly row: DeliveryRow | undefined;
}

function judge(of: Way): Pick<EndpointReach, 'state'> & Partial<EndpointReach> {
  const { endpoint, known, row, version } = of;
  const item = waitingItem(of);
  const isWaiting = isWaitingFor(of);
  const attempt = row ? { at: row.at, durationMs: row.durationMs, error: row.error } : {};
  const toldVersion = row?.versions?.[1] ?? null;
  if (!isWaiting && of.hasRead && row?.outcome === 'delivered' && toldVersion !== null && toldVersion >= version)
    return { state: 'sent', ...attempt, version: toldVersion, shownVersion: row.shownVersion };
  if (!isWaiting && of.hasRead && of.hasLoaded) return { state: 'sent', why: 'reset' };
  // What waits begins after it: it was taken, or never told, and no call of it is kept that says which.
  if (isBeforeWaiting(of) && !of.isBeforeMove && !of.isAddedSince) return { state: 'unknown' };
  if (!isWaiting && of.hasRead && row === undefined && !of.isKept) return { state: 'unknown' };
  // Nothing waits, and nothing is kept of a call for it: the endpoint was added, or moved, or hears of it, since after the save.
  if (!isWaiting && of.hasRead && endpoint.active)
    return { state: 'notTold', why: of.isBeforeMove ? 'moved' : 'later' };
  if (!endpoint.active) return { state: 'paused', ...attempt, error: endpoint.disabledReason };
  const isHeld = (known?.heldSince ?? null) !== null;
  const held = isHeld ? { at: known?.lastDelivery?.at ?? null, error: known?.lastDelivery?.error ?? null } : {};
  if (item === undefined || item.attempt === 0) return { state: 'waiting', ...held };
  const nextAt = Math.max(item.nextAt, known?.quietUntil ?? 0);
  return { state: 'failed', ...attempt, nextAttemptAt: new Date(nextAt).toISOString() };
}

/** A record that was saved again after a reset was noted waits beside it: what is older than that save is part of the reset. */
function waitingItem({ known, key, version }: Way): PendingDelivery | undefined {
  const item = known?.pending[key];
  const reset = known?.pending['reset'];
  return item !== undefined && (reset === undefined || item.from <= version) ? item : reset;
}

/** True when the record waits, and only from a later version on. */
function isBeforeWaiting(of: Way): boolean {
  const item = waitingItem(of);
  return item !== undefined && item.reset === undefined && item.from > of.version;
}

function isWaitingFor(of: Way): boolean {
  const item = waitingItem(of);
  return item !== undefined && (item.reset !== undefined || (item.to >= of.version && item.from <= of.version));
}

/** True when the newest call was made in vain and nothing waits for another: it told once more what was told before. */
function isRepeatInVain(of: Way): boolean {
  const { row, version } = of;
  if (row === undefined || row.outcome === 'delivered' || (row.versions?.[1] ?? 0) < version) return false;
  return of.hasRead && !isWaitingFor(of);
}

/** The newest call in which the endpoint took this version at its address, as far back as one page of its calls goes. */
async function earlierTaken(
  log: DeliveryLog,
  { endpoint, key, version, isBeforeMove }: Way,
): Promise<DeliveryRow | undefined> {
  const { rows } = await log.list(endpoint.id, { limit: maxLooked });
  const taken = rows.find(
    ({ outcome, resource, recordId, versions }) =>
      outcome === 'delivered' && `${resource}/${recordId}` === key && (versions?.[1] ?? 0) >= version,
  );
  return taken && (!isBeforeMove || (await addressOf(log, taken)) === endpoint.url) ? taken : undefined;
}

/** Where a call went; null when it is no longer kept. */
async function addressOf(log: DeliveryLog, { endpoint, id }: DeliveryRow): Promise<string | null> {
  return (await log.get(endpoint, id))?.request.url ?? null;
}

/** True when one place of the log is at or after another one of the same log. */
function reaches(place: LogPosition | null, other: LogPosition): boolean {
  return place !== null && place.epoch === other.epoch && place.seq >= other.seq;
}
