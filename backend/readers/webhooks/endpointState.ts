import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { LogPosition } from '../../../shared/cursor.ts';
import type { ResetReason } from '../../log/follow.ts';
import type { Endpoint } from './webhooksResource.ts';

/** Where the reader of an endpoint keeps what it must not forget, by the id of the endpoint. */
export const webhooksBucket = 'webhooks';

/** How the last attempt ended. */
export interface LastDelivery {
  readonly at: string;
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Null when the receiver took it. */
  readonly error: string | null;
  /** Of a record that was taken: its version, and the one that the receiver said to serve now. */
  readonly version?: number;
  readonly shownVersion?: number | null;
}

/**
 * What still has to be told: the versions `from` to `to` of one record as one call, or that everything is to be loaded again.
 *
 * Units   nextAt and again milliseconds since 1970; attempt counts the failed ones
 */
export interface PendingDelivery {
  readonly from: number;
  readonly to: number;
  readonly attempt: number;
  readonly nextAt: number;
  /** When somebody asked to have it told again: a message of its own, which no receiver takes for the first one. */
  readonly again?: number;
  readonly kind?: 'resend' | 'replay';
  /** `epoch` of the log whose place is in `to`; absent in what an older release noted. */
  readonly reset?: { readonly reason: ResetReason | 'overflow'; readonly at: number; readonly epoch?: string };
}

/**
 * Everything durable of one endpoint, stored as one value: the cursor moves in the same write in which a change enters
 * `pending`, so that no crash falls between the two.
 *
 * Shape   `pending` by `<resource>/<id>`; a reset under `reset`
 * Units   quietUntil, failingSince and heldSince milliseconds since 1970
 */
export interface EndpointState {
  readonly cursor: LogPosition;
  readonly pending: Readonly<Record<string, PendingDelivery>>;
  /** Before this moment the receiver asked not to be called. */
  readonly quietUntil: number;
  /** How long it asked to wait, in milliseconds; absent where it did not, and in what an older release noted. */
  readonly quietMs?: number;
  /** The first failure since the last success; null while all is well. */
  readonly failingSince: number | null;
  /** Since then no call could be made, through no fault of the receiver: nobody says where its name is. Absent while calls are made. */
  readonly heldSince?: number | null;
  readonly lastDelivery: LastDelivery | null;
  /** The last reset that was taken, and at which address: who loaded everything has what was saved up to its place. */
  readonly takenReset?: LogPosition & { readonly url: string };
  /** True when the last call failed after a long wait: after a start, too, it is called among those that hang. */
  readonly isHanging?: boolean;
  /** The last orders that were carried out. */
  readonly orders?: EndpointOrders;
}

/** What the record of an endpoint orders: `resume`, the id of `replay`, and the ids of `resends` that it still names. */
export interface EndpointOrders {
  readonly resume: string | null;
  readonly replay: string | null;
  readonly resends?: readonly string[];
}

/** The orders of an endpoint, as its state keeps them. */
export function ordersOf({ resume, replay, resends }: Pick<Endpoint, 'resume' | 'replay' | 'resends'>): EndpointOrders {
  const orders = { resume, replay: replay?.id ?? null };
  return resends.length === 0 ? orders : { ...orders, resends: resends.map(({ id }) => id) };
}

/** The state of an endpoint that has read up to a place and owes nothing. */
export function freshState(cursor: LogPosition): EndpointState {
  return { cursor, pending: {}, quietUntil: 0, failingSince: null, lastDelivery: null };
}

/** A stored value as state; null when it is none, and the reader then starts as a new one. */
export function parseEndpointState(value: JsonValue | undefined): EndpointState | null {
  if (!isJsonObject(value) || !isJsonObject(value['cursor']) || !isJsonObject(value['pending'])) return null;
  const { epoch, seq } = value['cursor'];
  if (typeof epoch !== 'string' || typeof seq !== 'number') return null;
  // Written by this file only; what is checked above tells it from a value of an older shape.
  return value as unknown as EndpointState;
}

/** State as the value to store. */
export function formatEndpointState(state: EndpointState): JsonObject {
  return state as unknown as JsonObject;
}
