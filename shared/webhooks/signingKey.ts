/** What the secrets of Standard Webhooks begin with. */
export const secretPrefix = 'whsec_';

/**
 * The key of a secret; null when the text is no secret.
 *
 * Shape   `whsec_` and base64, or the base64 alone, as receivers often keep it
 */
export function parseSecret(secret: unknown): Uint8Array | null {
  if (typeof secret !== 'string') return null;
  return decodeBase64(secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret);
}

/** The bytes of base64 as it is written by the book; null for anything else, also for nothing. */
export function decodeBase64(text: string): Uint8Array | null {
  // atob alone takes spaces and missing padding, so that many texts would stand for one signature.
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) || text === '') return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return encodeBase64(bytes) === text ? bytes : null;
}

/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** The bytes that a signature covers. The body is taken byte by byte: parsed and written again it would be another one. */
export function signedContent(id: string, timestamp: string, body: string | Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const head = encoder.encode(`${id}.${timestamp}.`);
  const rest = typeof body === 'string' ? encoder.encode(body) : body;
  const content = new Uint8Array(head.length + rest.length);
  content.set(head);
  content.set(rest, head.length);
  return content;
}

/** Makes a key ready for signing or checking. */
export function importKey(key: Uint8Array, usage: 'sign' | 'verify'): ReturnType<typeof crypto.subtle.importKey> {
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [usage]);
}

/** A moment as whole seconds since 1970; NaN when it is none. */
export function toSeconds(moment: Date | number): number {
  return Math.floor(moment instanceof Date ? moment.getTime() / 1000 : moment);
}
