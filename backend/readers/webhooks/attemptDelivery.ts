import type { KeyObject } from 'node:crypto';
import type { Sealer } from '../../auth/sealer.ts';
import type { DeliveryDetail } from '../../log/deliveryLog.ts';
import type { Call } from './call.ts';
import type { Delivery } from './composeDelivery.ts';
import { isoTime } from './isoTime.ts';
import { fixedHeaders, type PostOutcome, type Poster } from './postDelivery.ts';
import { signDelivery, toSigningKey } from './signDelivery.ts';
import type { Endpoint } from './webhooksResource.ts';

/** What an attempt is made with. */
export interface AttemptParts {
  readonly sealer: Sealer;
  readonly poster: Poster;
  readonly now: () => number;
}

/** An attempt that was made, as far as the call itself knows it. */
export interface Attempt {
  readonly outcome: Exclude<PostOutcome, { kind: 'aborted' }>;
  readonly row: Pick<
    DeliveryDetail,
    | 'endpoint'
    | 'messageId'
    | 'type'
    | 'at'
    | 'durationMs'
    | 'outcome'
    | 'status'
    | 'error'
    | 'shownVersion'
    | 'request'
    | 'answer'
  >;
}

interface SigningKeys {
  readonly current: KeyObject;
  readonly previous: KeyObject | null;
}

/** Opened once for an endpoint as it is stored now, and held outside of the heap. */
const keys = new WeakMap<Endpoint, SigningKeys>();

function keysOf(endpoint: Endpoint, sealer: Sealer): SigningKeys {
  const known = keys.get(endpoint);
  if (known) return known;
  const { sealedPrevious, previousValidUntil } = endpoint;
  const opened = {
    current: toSigningKey(sealer.open(endpoint.sealedSecret)),
    previous: sealedPrevious !== null && previousValidUntil !== null ? toSigningKey(sealer.open(sealedPrevious)) : null,
  };
  keys.set(endpoint, opened);
  return opened;
}

/** Makes one call, signed at this moment; null when it was ended before it had an outcome. */
export async function attemptDelivery(
  { sealer, poster, now }: AttemptParts,
  endpoint: Endpoint,
  { id, type, body }: Delivery,
  call: Call,
): Promise<Attempt | null> {
  const at = now();
  const { current, previous } = keysOf(endpoint, sealer);
  const isRotating = endpoint.previousValidUntil !== null && Date.parse(endpoint.previousValidUntil) > at;
  const signed = signDelivery({ id, body: body.bytes }, at, isRotating && previous ? [current, previous] : [current]);
  // Named: spreading two objects for each of thousands of calls a second costs as much as signing.
  const headers = {
    'content-type': fixedHeaders['content-type'],
    'user-agent': fixedHeaders['user-agent'],
    'webhook-id': signed['webhook-id'],
    'webhook-timestamp': signed['webhook-timestamp'],
    'webhook-signature': signed['webhook-signature'],
  };
  const outcome = await poster.post({ endpoint, headers, body: body.bytes }, call);
  if (outcome.kind === 'aborted') return null;
  const { kind, status, error, shownVersion, answer } = outcome;
  const request = { url: endpoint.url, headers, body: body.kept, bodyBytes: body.bytes.length };
  return {
    outcome,
    row: {
      endpoint: endpoint.id,
      messageId: id,
      type,
      at: isoTime(at),
      durationMs: Math.max(0, now() - at),
      outcome: kind,
      status,
      error,
      shownVersion,
      request,
      answer,
    },
  };
}
