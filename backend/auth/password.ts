import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of one check: about 50 ms and 32 MiB, which is much for a guesser and little for a person. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** Hashes a password with a salt of its own: `scrypt:<N>:<salt>:<hash>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost.N);
  return ['scrypt', cost.N, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** True when the password belongs to the hash; takes as long for a wrong one, and for no hash at all. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [scheme, n, salt = '', hash = ''] = (stored ?? `scrypt:${cost.N}:bm9ib2R5:bm9ib2R5`).split(':');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(n) || cost.N);
  const expected = Buffer.from(hash, 'base64url');
  return (
    stored !== null && scheme === 'scrypt' && expected.length === derived.length && timingSafeEqual(expected, derived)
  );
}

/** A password that a person can type from a terminal: 20 letters and digits without look-alikes, in groups. */
export function makePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  // 256 is no multiple of 31: bytes above the largest one are left out, so that every letter is as likely.
  const letters: string[] = [];
  while (letters.length < 20) {
    for (const byte of randomBytes(32)) if (byte < 248 && letters.length < 20) letters.push(alphabet[byte % 31] ?? 'a');
  }
  return [0, 5, 10, 15].map((start) => letters.slice(start, start + 5).join('')).join('-');
}

function derive(password: string, salt: Buffer, N: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, { ...cost, N }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
