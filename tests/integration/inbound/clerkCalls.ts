import { Webhook } from 'svix';
import { createSync, lowdbStore, type Sync, type SyncOptions } from 'backoffice-sync';
import type { Started } from '../../helpers/startSync.ts';

export const clerkSecret = `whsec_${Buffer.from('the signing secret of Clerk').toString('base64')}`;
/** A moment that the events of the tests are counted from, in milliseconds. */
export const start = Date.UTC(2026, 0, 1);

/** An event as Clerk sends it. */
export interface ClerkEvent {
  readonly type: string;
  readonly object: 'event';
  readonly timestamp: number;
  readonly data: Record<string, unknown>;
}

/** A user as Clerk writes it, with what it does not need to be asked for. */
export function clerkUser(id: string, at: number, change: object = {}): Record<string, unknown> {
  return {
    id,
    object: 'user',
    email_addresses: [
      { id: 'idn_1', email_address: `${id}@old.example.com`, verification: { status: 'verified' } },
      { id: 'idn_2', email_address: `${id}@example.com` },
    ],
    primary_email_address_id: 'idn_2',
    first_name: 'Camille',
    last_name: 'Martin',
    image_url: 'https://img.example.com/1.png',
    password_enabled: true,
    public_metadata: { plan: 'pro' },
    created_at: start,
    updated_at: start + at,
    ...change,
  };
}

/** What happened to a user at a time after the start; it was sent a little later. */
export function userEvent(
  kind: 'created' | 'updated' | 'deleted',
  id: string,
  at: number,
  change: object = {},
): ClerkEvent {
  const data = kind === 'deleted' ? { id, object: 'user', deleted: true } : clerkUser(id, at, change);
  return { type: `user.${kind}`, object: 'event', timestamp: start + at + (kind === 'deleted' ? 0 : 5), data };
}

/** A user who joins or leaves an organization. */
export function membershipEvent(
  kind: 'created' | 'updated' | 'deleted',
  user: string,
  organization: string,
  at: number,
  role = 'org:member',
): ClerkEvent {
  const data = {
    id: `orgmem_${organization}`,
    object: 'organization_membership',
    organization: { id: organization, name: organization, slug: organization },
    public_user_data: { user_id: user, first_name: 'Camille', identifier: 'c@example.com' },
    role,
    created_at: start,
    // Leaving does not touch it.
    updated_at: start + (kind === 'deleted' ? 1 : at),
  };
  return { type: `organizationMembership.${kind}`, object: 'event', timestamp: start + at, data };
}

/** How a call is sent, where it is not as usual. */
export interface CallOptions {
  readonly id?: string;
  readonly at?: Date;
  readonly secret?: string;
  readonly headers?: Record<string, string | undefined>;
  /** What is sent instead of what is signed. */
  readonly body?: string;
}

let deliveries = 0;

/** Sends an event as Svix does for Clerk. */
export async function sendClerk(
  { url }: Pick<Started, 'url'>,
  event: ClerkEvent | string,
  { id = `msg_${++deliveries}`, at = new Date(), secret = clerkSecret, headers = {}, body }: CallOptions = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const signed = typeof event === 'string' ? event : JSON.stringify(event);
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'svix-id': id,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(secret).sign(id, at, signed),
    ...headers,
  };
  const sent = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const answer = await fetch(`${url}/api/webhooks/clerk`, { method: 'POST', headers: sent, body: body ?? signed });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Tries to make an installation, for options that stop the start. */
export function makeSync(folder: string, options: Partial<SyncOptions>): Sync {
  return createSync({ store: lowdbStore({ folder }), resources: [], adminPassword: 'test-password-1234', ...options });
}
