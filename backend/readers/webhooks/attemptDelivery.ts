import type { KeyObject } from 'node:crypto';
import type { Sealer } from '../../auth/sealer.ts';
import type { DeliveryDetail } from '../../log/deliveryLog.ts';
import type { Delivery } from './composeDelivery.ts';
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

/** What is kept of a body, in characters. */
const maxKeptBody = 16_384;

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
  call: AbortController,
): Promise<Attempt | null> {
  const at = now();
  const { current, previous } = keysOf(endpoint, sealer);
  const isRotating = endpoint.previousValidUntil !== null && Date.parse(endpoint.previousValidUntil) > at;
  const headers = signDelivery({ id, body }, at, isRotating && previous ? [current, previous] : [current]);
  const outcome = await poster.post({ url: endpoint.url, headers, body }, call);
  if (outcome.kind === 'aborted') return null;
  const { kind, status, error, shownVersion, answer } = outcome;
  const request = {
    url: endpoint.url,
    headers: { ...fixedHeaders, ...headers },
    body: body.slice(0, maxKeptBody),
    bodyBytes: Buffer.byteLength(body),
  };
  return {
    outcome,
    row: {
      endpoint: endpoint.id,
      messageId: id,
      type,
      at: new Date(at).toISOString(),
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
