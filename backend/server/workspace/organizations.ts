import type { JsonObject } from '../../../shared/json.ts';
import type { FirstAccount } from '../../auth/firstAccounts.ts';
import type { User } from '../../auth/permissions.ts';

/** The two tenants of the example, by their id. */
export const organizations = { 'atelier-nord': 'Atelier Nord', 'maison-sud': 'Maison Sud' } as const;

/** The id of a tenant. */
export type OrganizationId = keyof typeof organizations;

/** Who works where. Nobody outside of this list sees anything, except an admin, who sees both. */
const members: Readonly<Record<string, OrganizationId>> = {
  'nord-goals': 'atelier-nord',
  'nord-hiring': 'atelier-nord',
  'sud-goals': 'maison-sud',
  'sud-hiring': 'maison-sud',
};

/** Made at the first start of the example, with passwords that its guide prints: it is a place to try things, not to keep them. */
export const workspaceAccounts: readonly FirstAccount[] = Object.keys(members).map((username) => ({
  username,
  password: `${username}-example`,
  role: 'editor',
}));

/** What a user's records have to have: the tenant rule of every route, stream and message. */
export function scopeOf(user: User): JsonObject | null {
  return user.role === 'admin' ? null : { organization_id: organizationOf(user) };
}

/** Users of one role in one organization see the same, so that an event is written once for all of them. */
export function audienceOf(user: User): string {
  return `${user.role}:${user.role === 'admin' ? '' : organizationOf(user)}`;
}

/** An organization that no record has for somebody who is in none. */
function organizationOf(user: User): string {
  return members[user.id] ?? '';
}
