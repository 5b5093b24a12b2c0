import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { createSealer, type Sealer } from '../auth/sealer.ts';

/** Seals anew what is sealed in a text of JSON, and counts. */
export interface Resealer {
  /** The text with every seal made with the new key; the same text where there is none of another key. */
  reseal(json: string): string;
  /** Seals of a key that was not given: they stay as they are. */
  readonly unknown: number;
}

/** A whole string of JSON that is a seal; nothing in it is ever escaped. */
const sealPattern = /"(sealed:([\w-]{8}):[\w-]{16}:[\w-]{22}:[\w-]*)"/g;

/**
 * Makes seals of older keys seals of a new one.
 *
 * The same old seal always becomes the same new one: a record and the entries of its history hold copies of it, and stay equal,
 * also when one half was done before a crash and the other half after it. So the nonce is made of the old seal, which has a
 * random one of its own, and is never used for another text.
 *
 * Units   keys of 32 bytes
 */
export function createResealer(next: Buffer, others: readonly Buffer[]): Resealer {
  const nextId = keyIdOf(next);
  const openers = new Map<string, Sealer>(others.map((key) => [keyIdOf(key), createSealer(key)]));
  const unknown = new Set<string>();
  return {
    reseal: (json) =>
      json.replaceAll(sealPattern, (whole, sealed: string, keyId: string) => {
        if (keyId === nextId) return whole;
        const plain = open(openers.get(keyId), sealed);
        if (plain === null) unknown.add(sealed);
        return plain === null ? whole : `"${sealAs(next, nextId, plain, sealed)}"`;
      }),
    get unknown() {
      return unknown.size;
    },
  };
}

/** The name of a key in its seals. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 8);
}

function open(opener: Sealer | undefined, sealed: string): string | null {
  try {
    return opener?.open(sealed) ?? null;
  } catch {
    // A text that only looks like a seal: it stays what it is.
    return null;
  }
}

function sealAs(key: Buffer, keyId: string, plain: string, old: string): string {
  const nonce = createHmac('sha256', key).update(`reseal:${old}`).digest().subarray(0, 12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const parts = [nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
  return ['sealed', keyId, ...parts].join(':');
}
