import { SyncError } from '../../shared/problem.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import type { Resource } from '../records/defineResource.ts';
import { checkSecrets } from './checkSecrets.ts';
import { clerkSource } from './clerk/clerkSource.ts';
import { defineUsers } from './defineUsers.ts';
import type { IdentitySource } from './identitySource.ts';

/** Whose identities come in. */
export interface InboundOptions {
  /** `POST /webhooks/clerk`; the signing secret of Clerk's endpoint, during a rotation the old and the new one. Default none: 404. */
  readonly clerk?: { readonly secret: string | readonly string[] };
  /** `POST /webhooks/in/<name>`, by name: lower case letters, digits, `-` and `_`. Default none. */
  readonly sources?: Readonly<Record<string, IdentitySource>>;
}

/**
 * The sources by name; null when nothing comes in.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID; a secret is never in their words
 */
export function inboundSources(options: InboundOptions | undefined): ReadonlyMap<string, IdentitySource> | null {
  if (options === undefined) return null;
  refuseUnknownOptions('createSync inbound', options, ['clerk', 'sources']);
  const sources = new Map<string, IdentitySource>();
  if (options.clerk !== undefined) sources.set('clerk', clerkSource({ secrets: clerkSecrets(options.clerk.secret) }));
  for (const [name, source] of Object.entries(options.sources ?? {})) {
    if (!/^[a-z][a-z0-9_-]{0,31}$/.test(name) || name === 'clerk')
      refuseOption('createSync', 'inbound.sources', 'sources by a name of lower case letters, digits, "-" and "_", other than "clerk"', name); // prettier-ignore
    if (typeof source?.verify !== 'function' || typeof source.read !== 'function' || typeof source.title !== 'string')
      refuseOption('createSync', `inbound.sources.${name}`, 'a source with title, verify and read', typeof source);
    sources.set(name, source);
  }
  return sources.size === 0 ? null : sources;
}

/** The declared resources, with `users` where identities come in and nobody has declared it. */
export function withUsers(declared: readonly Resource[], options: InboundOptions | undefined): readonly Resource[] {
  if (inboundSources(options) === null || declared.some(({ name }) => name === 'users')) return declared;
  return [...declared, defineUsers()];
}

function clerkSecrets(secret: string | readonly string[]): readonly string[] {
  const secrets = checkSecrets(Array.isArray(secret) ? secret : [secret], { needsPrefix: true });
  if (secrets !== null) return secrets;
  throw new SyncError(
    'OPTION_INVALID',
    'createSync: "inbound.clerk.secret" (CLERK_WEBHOOK_SECRET) has to be the signing secret of the endpoint in Clerk: "whsec_" and base64 of at least 24 bytes, as its page shows it. What came is not shown.',
  );
}
