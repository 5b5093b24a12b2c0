import { z } from 'zod';
import type { JsonObject } from '../../../shared/json.ts';
import { isJsonObject } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { verifyWebhook } from '../../../shared/webhooks/index.ts';
import type { IdentityEvent, IdentitySource } from '../identitySource.ts';
import { readWith } from '../readWith.ts';
import { clerkFields, clerkId, clerkMembership, clerkTime, clerkUser } from './clerkUser.ts';

const deletedUser = z.object({ id: clerkId });
const membership = clerkMembership.extend({ public_user_data: z.object({ user_id: clerkId }) });

type Read = (data: JsonObject, sentAt: number) => IdentityEvent;

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['user.created', readSaved],
  ['user.updated', readSaved],
  ['user.deleted', (data, sentAt) => ({ kind: 'deleted', userId: readWith(deletedUser, data, ['data']).id, at: sentAt, sentAt })],
  ['organizationMembership.created', readJoined],
  // A changed role: told in the same way.
  ['organizationMembership.updated', readJoined],
  ['organizationMembership.deleted', (data, sentAt) => {
    const { organization, public_user_data: user } = readWith(membership, data, ['data']);
    // Leaving does not touch the membership's own `updated_at`.
    return { kind: 'left', userId: user.user_id, organizationId: organization.id, at: sentAt, sentAt };
  }],
]); // prettier-ignore

/**
 * Identities of Clerk: users and their memberships of organizations.
 *
 * Units   an event is as old as `data.updated_at`; what has none, as the event's `timestamp`, and without that as its sending
 * Source  Clerk webhooks, signed by Svix: `svix-id`, `svix-timestamp`, `svix-signature` over the raw body
 */
export function clerkSource({ secrets }: { readonly secrets: readonly string[] }): IdentitySource {
  return {
    title: 'Clerk',
    verify: ({ headers, body }) => verifyWebhook({ headers, body, secrets }),
    read(body, delivery) {
      if (!isJsonObject(body)) throw new SyncError('BODY_NOT_OBJECT', 'An event of Clerk is a JSON object.');
      const { type, data, timestamp } = body;
      if (typeof type !== 'string')
        throw new SyncError('INVALID', 'An event of Clerk has a "type"; nothing was stored.');
      const read = readers.get(type);
      if (!read) return { type, events: [] };
      const sentAt = timestamp == null ? delivery.timestamp.getTime() : readWith(clerkTime, timestamp, ['timestamp']);
      return { type, events: [read(isJsonObject(data) ? data : {}, sentAt)] };
    },
  };
}

function readSaved(data: JsonObject, sentAt: number): IdentityEvent {
  const user = readWith(clerkUser, data, ['data']);
  return { kind: 'saved', userId: user.id, at: user.updated_at ?? sentAt, sentAt, fields: clerkFields(user) };
}

function readJoined(data: JsonObject, sentAt: number): IdentityEvent {
  const { organization, public_user_data: user, role, ...times } = readWith(membership, data, ['data']);
  const at = times.updated_at ?? times.created_at ?? sentAt;
  return { kind: 'joined', userId: user.user_id, organizationId: organization.id, role, at, sentAt };
}
