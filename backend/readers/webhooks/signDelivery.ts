import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { SyncError } from '../../../shared/problem.ts';
import type { WebhookHeaders } from '../../../shared/webhooks/index.ts';
import { parseSecret, toSeconds } from '../../../shared/webhooks/signingKey.ts';

/**
 * Signs one attempt with every key that counts, the newest first: during a rotation receivers with either of them go on.
 *
 * What `signWebhook` does for anybody, without a trip through the thread pool for each of thousands of calls.
 *
 * Units   at milliseconds since 1970
 * Source  Standard Webhooks 1.0.0: signatures are separated by spaces
 */
export function signDelivery(
  { id, body }: { readonly id: string; readonly body: string | Uint8Array },
  at: number,
  keys: readonly KeyObject[],
): WebhookHeaders {
  const seconds = String(toSeconds(new Date(at)));
  const head = `${id}.${seconds}.`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(head).update(body).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

/** The key of a secret. Errors  STORE_UNAVAILABLE for a text that is none */
export function toSigningKey(secret: string): KeyObject {
  const key = parseSecret(secret);
  if (key === null) throw new SyncError('STORE_UNAVAILABLE', 'A stored secret of a webhook is not one.');
  return createSecretKey(key);
}
