import type { StateStore } from '../../stores/store.ts';
import type { DeliveryRow } from '../../log/deliveryLog.ts';
import { parseEndpointState, webhooksBucket, type EndpointState, type LastDelivery } from './endpointState.ts';
import type { EndpointWorkers } from './endpointWorkers.ts';
import type { DisabledCode, Endpoint, EndpointFilter } from './webhooksResource.ts';

/** An endpoint as the API answers it. The secret is not in it; times are ISO 8601. */
export interface EndpointAnswer extends EndpointFilter {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  /** False: paused by an admin, or switched off by the product for `disabledReason`. */
  readonly active: boolean;
  readonly disabledReason: string | null;
  /** The same for programs; null exactly when `disabledReason` is. */
  readonly disabledCode: DisabledCode | null;
  readonly createdAt: string;
  /** The first failure since the last success. */
  readonly failingSince: string | null;
  /** Since then no call could be made, through no fault of the receiver; `lastDelivery.error` says why. */
  readonly heldSince: string | null;
  /** The receiver asked not to be called before. */
  readonly quietUntil: string | null;
  /** How the last attempt ended; null before the first one. */
  readonly lastDelivery: LastDelivery | null;
  /** Records that it still has to be told of. */
  readonly pending: number;
  readonly nextAttemptAt: string | null;
  /** Until then both secrets sign. */
  readonly rotation: { readonly previousValidUntil: string } | null;
}

/** What is known of an endpoint at this moment: from its worker here, else as it was last written down. */
export function knownState(workers: EndpointWorkers, id: string, stored: unknown): EndpointState | null {
  return workers.find(id)?.queue.toState() ?? parseEndpointState(stored as Parameters<typeof parseEndpointState>[0]);
}

/** When the next call of an endpoint is due, not before a moment; null when nothing waits. */
function nextDueAt({ pending }: EndpointState, possibleAt: number): number | null {
  const times = Object.values(pending).map(({ nextAt }) => nextAt);
  if (times.length === 0) return null;
  const least = times.reduce((a, b) => Math.min(a, b));
  return Math.max(least, possibleAt);
}

/** Describes an endpoint; `stored` is its state when the caller has it already. */
export async function toEndpointAnswer(
  parts: { readonly state: StateStore; readonly workers: () => EndpointWorkers; readonly now: () => number },
  endpoint: Endpoint,
  stored?: unknown,
): Promise<EndpointAnswer> {
  const { state, workers, now } = parts;
  const value = stored === undefined ? (await state.get(webhooksBucket, endpoint.id))?.value : stored;
  const known = knownState(workers(), endpoint.id, value);
  const { id, url, description, resources, events, fields, active, disabledReason, createdAt, previousValidUntil } =
    endpoint;
  // Only the worker knows that the name of its endpoint is not found at the moment.
  const possibleAt = workers().find(id)?.queue.nextPossibleAt ?? known?.quietUntil ?? 0;
  const isRotating = previousValidUntil !== null && Date.parse(previousValidUntil) > now();
  return {
    id,
    url,
    description,
    resources,
    events,
    fields,
    active,
    disabledReason: active ? null : disabledReason,
    disabledCode: active ? null : endpoint.disabledCode,
    createdAt,
    failingSince: toIso(known?.failingSince ?? null),
    heldSince: toIso(active ? (known?.heldSince ?? null) : null),
    quietUntil: toIso(known && known.quietUntil > now() ? known.quietUntil : null),
    lastDelivery: known?.lastDelivery ?? null,
    pending: known === null ? 0 : Object.keys(known.pending).length,
    nextAttemptAt: active && known ? toIso(nextDueAt(known, possibleAt)) : null,
    rotation: isRotating ? { previousValidUntil } : null,
  };
}

/** A row without the endpoint that it belongs to. */
export function toDeliveryAnswer<Row extends DeliveryRow>({
  endpoint: _endpoint,
  ...answer
}: Row): Omit<Row, 'endpoint'> {
  return answer;
}

function toIso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
