import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { SyncError } from '../../shared/problem.ts';

/** Turns secrets into text that may stand in a log, and back. */
export interface Sealer {
  seal(plain: string): string;
  /** Errors  STORE_UNAVAILABLE when the text was sealed with another key */
  open(sealed: string): string;
  isSealed(value: unknown): value is string;
}

/**
 * Seals with AES-256-GCM: `sealed:<key id>:<nonce>:<tag>:<text>`, base64url.
 *
 * Units   key 32 bytes; the key id is the start of its SHA-256, so that a log says which key it needs without telling it
 */
export function createSealer(key: Buffer): Sealer {
  if (key.length !== 32)
    throw new SyncError('OPTION_INVALID', `The secret key has to be 32 bytes; ${key.length} came.`);
  const keyId = createHash('sha256').update(key).digest('base64url').slice(0, 8);
  return {
    seal(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [
        'sealed',
        keyId,
        nonce.toString('base64url'),
        cipher.getAuthTag().toString('base64url'),
        text.toString('base64url'),
      ].join(':');
    },
    open(sealed) {
      const [, sealedWith, nonce = '', tag = '', text = ''] = sealed.split(':');
      if (sealedWith !== keyId) {
        throw new SyncError(
          'STORE_UNAVAILABLE',
          'A stored secret was sealed with another key. Start with the key that was used before.',
        );
      }
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'));
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
    },
    isSealed(value): value is string {
      return typeof value === 'string' && /^sealed:[\w-]{8}:/.test(value);
    },
  };
}
