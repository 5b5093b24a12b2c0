import { decodeBase64, importKey, parseSecret, signedContent, toSeconds } from './signingKey.ts';
import { readDeliveryHeaders, type ReceivedHeaders } from './webhookHeaders.ts';

/** What a receiver got, and what it knows. */
export interface VerifyOptions {
  readonly headers: ReceivedHeaders;
  /** The raw body, before any parser: text or bytes. */
  readonly body: string | Uint8Array;
  /** One is enough; during a rotation the old and the new one. */
  readonly secrets: readonly string[];
  /** A Date, or seconds since 1970. Default the clock. */
  readonly now?: Date | number;
  /** How old, or how far ahead, a delivery may be. Default 300. */
  readonly toleranceSeconds?: number;
}

/**
 * Why a delivery is refused.
 *
 * headers    one of the three is missing, empty or there twice    timestamp  not whole seconds since 1970
 * tooOld     older than the tolerance: maybe a replay              tooNew     ahead of the clock by more than the tolerance
 * secrets    none that was given is one                            body       not text or bytes: pass the raw body, not the parsed one
 * signature  none in the header is right
 */
export type RefusalReason = 'headers' | 'timestamp' | 'tooOld' | 'tooNew' | 'secrets' | 'body' | 'signature';

/** The verdict; `secretIndex` says which of the secrets it was, so that an old one can be let go of. */
export type Verification =
  | { readonly ok: true; readonly id: string; readonly timestamp: Date; readonly secretIndex: number }
  | { readonly ok: false; readonly reason: RefusalReason };

/** More than any sender needs; a longer list only costs time. */
const maxSignatures = 32;

/**
 * Says whether a delivery came from somebody who knows the secret, and when.
 *
 * Signatures are compared by the platform, in constant time. After `ok`, `JSON.parse` the body.
 *
 * Units   toleranceSeconds seconds
 * Errors  none: whatever is malformed is refused
 * Source  Standard Webhooks 1.0.0; also takes `svix-*` header names
 */
export async function verifyWebhook(options: VerifyOptions): Promise<Verification> {
  try {
    return await judge(options);
  } catch {
    // What is here came from a stranger; a refusal is the answer to anything that cannot be read.
    return { ok: false, reason: 'headers' };
  }
}

async function judge({
  headers,
  body,
  secrets,
  now = new Date(),
  toleranceSeconds = 300,
}: VerifyOptions): Promise<Verification> {
  const delivery = readDeliveryHeaders(headers);
  if (delivery === null) return { ok: false, reason: 'headers' };
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return { ok: false, reason: 'body' };
  if (!/^(?:0|[1-9]\d{0,14})$/.test(delivery.timestamp)) return { ok: false, reason: 'timestamp' };
  const age = toSeconds(now) - Number(delivery.timestamp);
  // Asked the way round that refuses when a clock or a tolerance is not a number.
  if (!(age <= toleranceSeconds)) return { ok: false, reason: 'tooOld' };
  if (!(age >= -toleranceSeconds)) return { ok: false, reason: 'tooNew' };

  const keys = secrets.map(parseSecret);
  if (keys.every((key) => key === null)) return { ok: false, reason: 'secrets' };
  const content = signedContent(delivery.id, delivery.timestamp, body);
  const signatures = readSignatures(delivery.signatures);
  for (const [secretIndex, key] of keys.entries()) {
    if (key === null) continue;
    const imported = await importKey(key, 'verify');
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', imported, signature, content)) {
        return { ok: true, id: delivery.id, timestamp: new Date(Number(delivery.timestamp) * 1000), secretIndex };
      }
    }
  }
  return { ok: false, reason: 'signature' };
}

/** The `v1` signatures of a header; those of other versions, and what is none, are passed over as the standard asks. */
function readSignatures(header: string): readonly Uint8Array[] {
  return header
    .split(' ')
    .slice(0, maxSignatures)
    .flatMap((part) => {
      const signature = part.startsWith('v1,') ? decodeBase64(part.slice(3)) : null;
      return signature?.length === 32 ? [signature] : [];
    });
}
