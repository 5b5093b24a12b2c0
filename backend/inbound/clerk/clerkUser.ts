import { z } from 'zod';
import type { IdentityFields } from '../identitySource.ts';

const name = z.string().max(256).nullish();
/** Milliseconds since 1970, as Clerk writes every time. */
export const clerkTime = z.number().int().nonnegative().max(8.64e15);
/** An id of Clerk, which becomes the id of the record. */
export const clerkId = z.string().regex(/^[\w-]{1,128}$/);

/** A membership as Clerk writes it. */
export const clerkMembership = z.object({
  organization: z.object({ id: clerkId }),
  role: z.string().max(128),
  updated_at: clerkTime.nullish(),
  created_at: clerkTime.nullish(),
});

/** The part of Clerk's user that is taken over; whatever else is in it is not looked at. */
export const clerkUser = z.object({
  id: clerkId,
  email_addresses: z
    .array(z.object({ id: z.string().nullish(), email_address: z.string().max(320) }))
    .max(1000)
    .nullish(),
  primary_email_address_id: z.string().nullish(),
  first_name: name,
  last_name: name,
  image_url: z.string().max(2048).nullish(),
  updated_at: clerkTime.nullish(),
  organization_memberships: z.array(clerkMembership).max(1000).nullish(),
});

/** Clerk's user. */
export type ClerkUser = z.infer<typeof clerkUser>;

/** What is kept of a user: the primary address, or the first one. */
export function clerkFields(user: ClerkUser): Required<IdentityFields> {
  const addresses = user.email_addresses ?? [];
  const primary = addresses.find(({ id }) => id != null && id === user.primary_email_address_id) ?? addresses[0];
  return {
    email: primary?.email_address ?? null,
    first_name: user.first_name ?? null,
    last_name: user.last_name ?? null,
    image_url: user.image_url ?? null,
  };
}
