import { SyncError } from '../problem.ts';
import { encodeBase64, importKey, parseSecret, signedContent, toSeconds } from './signingKey.ts';

/** What is signed. */
export interface SignOptions {
  /** The same for every attempt of one message, so that a receiver can drop a repeat. */
  readonly id: string;
  /** The moment of this attempt: a Date, or seconds since 1970. */
  readonly timestamp: Date | number;
  /** Exactly what is sent. */
  readonly body: string | Uint8Array;
  /** `whsec_` and base64. */
  readonly secret: string;
}

/** The headers that travel with a signed body. */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Signs one attempt to deliver a body.
 *
 * Errors  OPTION_INVALID for a secret or a moment that is none, or an id that a header cannot carry
 * Source  Standard Webhooks 1.0.0, symmetric signatures (v1)
 */
export async function signWebhook(options: SignOptions): Promise<WebhookHeaders> {
  const key = parseSecret(options.secret);
  if (key === null) throw new SyncError('OPTION_INVALID', 'signWebhook: "secret" has to be "whsec_" and base64.');
  const seconds = toSeconds(options.timestamp);
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new SyncError('OPTION_INVALID', 'signWebhook: "timestamp" has to be a Date or seconds since 1970.');
  }
  // A full stop is what separates the signed parts.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(options.id)) {
    throw new SyncError(
      'OPTION_INVALID',
      'signWebhook: "id" has to be 1 to 256 printable characters without spaces and full stops.',
    );
  }
  const content = signedContent(options.id, String(seconds), options.body);
  const signature = await crypto.subtle.sign('HMAC', await importKey(key, 'sign'), content);
  return {
    'webhook-id': options.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${encodeBase64(new Uint8Array(signature))}`,
  };
}
