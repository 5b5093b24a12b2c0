import { z } from 'zod';
import type { JsonValue } from '../../shared/json.ts';
import { isJsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { verifyWebhook } from '../../shared/webhooks/index.ts';
import { checkSecrets } from './checkSecrets.ts';
import type { IdentityEvent, IdentitySource } from './identitySource.ts';
import { readWith } from './readWith.ts';

const text = z.string().max(256).nullish();
const id = z.string().regex(/^[\w.-]{1,64}$/);
const time = z.iso.datetime({ offset: true }).transform((moment) => Date.parse(moment));
const saved = z.object({
  id,
  updated_at: time,
  email: z.string().max(320).nullish(),
  first_name: text,
  last_name: text,
  image_url: z.string().max(2048).nullish(),
});
const other = z.object({ id, updated_at: time });
const member = other.extend({ organization_id: id });
const joined = member.extend({ role: z.string().max(128) });

/**
 * Identities of any program that can sign a call: the smallest source, and the example for others.
 *
 * Shape   body `{ type, data }` with `user.saved` `{ id, updated_at, email, first_name, last_name, image_url }`, `user.deleted`
 *         `{ id, updated_at }`, `membership.saved` `{ id, updated_at, organization_id, role }`, `membership.deleted`
 * Units   updated_at ISO 8601, of what the event tells
 * Errors  OPTION_INVALID at once, for secrets that are none; a secret is never in its words
 * Source  Standard Webhooks 1.0.0
 */
export function signedSource({
  title,
  secrets: given,
}: {
  readonly title: string;
  readonly secrets: readonly string[];
}): IdentitySource {
  const secrets = checkSecrets(given, { needsPrefix: false });
  if (secrets === null)
    throw new SyncError(
      'OPTION_INVALID',
      `signedSource: "secrets" of ${title} has to be a list of secrets: "whsec_" and base64 of at least 24 bytes. What came is not shown.`,
    );
  return {
    title,
    verify: ({ headers, body }) => verifyWebhook({ headers, body, secrets }),
    read(body, delivery) {
      if (!isJsonObject(body)) throw new SyncError('BODY_NOT_OBJECT', 'An event is a JSON object.');
      if (typeof body['type'] !== 'string')
        throw new SyncError('INVALID', 'An event has a "type"; nothing was stored.');
      const event = readEvent(body['type'], body['data'], delivery.timestamp.getTime());
      return { type: body['type'], events: event === null ? [] : [event] };
    },
  };
}

function readEvent(type: string, data: JsonValue | undefined, sentAt: number): IdentityEvent | null {
  switch (type) {
    case 'user.saved': {
      const { id: userId, updated_at: at, ...given } = readWith(saved, data, ['data']);
      const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return { kind: 'saved', userId, at, sentAt, fields };
    }
    case 'user.deleted': {
      const { id: userId, updated_at: at } = readWith(other, data, ['data']);
      return { kind: 'deleted', userId, at, sentAt };
    }
    case 'membership.saved': {
      const { id: userId, updated_at: at, organization_id: organizationId, role } = readWith(joined, data, ['data']);
      return { kind: 'joined', userId, at, sentAt, organizationId, role };
    }
    case 'membership.deleted': {
      const { id: userId, updated_at: at, organization_id: organizationId } = readWith(member, data, ['data']);
      return { kind: 'left', userId, at, sentAt, organizationId };
    }
    default:
      return null;
  }
}
