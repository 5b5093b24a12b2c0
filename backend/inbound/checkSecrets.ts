import { parseSecret, secretPrefix } from '../../shared/webhooks/signingKey.ts';

/** Bytes of a key: fewer can be guessed. Source  Standard Webhooks 1.0.0, symmetric signatures */
const minSecretBytes = 24;

/** The secrets that calls are verified with; null when one of them is none, or there is none. */
export function checkSecrets(
  given: unknown,
  { needsPrefix }: { readonly needsPrefix: boolean },
): readonly string[] | null {
  const secrets: readonly unknown[] = Array.isArray(given) ? given : [];
  const isSecret = (one: unknown) =>
    typeof one === 'string' &&
    (!needsPrefix || one.startsWith(secretPrefix)) &&
    (parseSecret(one)?.length ?? 0) >= minSecretBytes;
  return secrets.length > 0 && secrets.every(isSecret) ? (secrets as readonly string[]) : null;
}
