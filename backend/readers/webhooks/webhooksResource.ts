import { z } from 'zod';
import type { StoredRecord } from '../../log/advance.ts';
import { defineInternalResource } from '../../records/defineResource.ts';

/** The endpoints, as records of a resource that no route of records and no stream shows. */
export const webhooksResource = defineInternalResource({
  name: 'webhooks',
  schema: z.object({
    url: z.string().min(1).max(2048),
    resources: z.array(z.string()).optional(),
    active: z.boolean(),
    secret: z.string(),
  }),
  secret: ['secret'],
});

/** One receiver of webhooks. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** The names of the resources that it is told of; null for all public ones. */
  readonly resources: readonly string[] | null;
  readonly active: boolean;
  readonly createdAt: string;
  /** Milliseconds since 1970; an endpoint that was switched on again starts afresh from here. */
  readonly changedAt: number;
  /** As it is stored: opened only for the moment of signing. */
  readonly sealedSecret: string;
}

/** The endpoint of a stored record; null for a tombstone. */
export function toEndpoint(stored: StoredRecord | null): Endpoint | null {
  const record = stored?.record;
  if (!stored || !record) return null;
  const resources = record['resources'];
  return {
    id: stored.id,
    url: String(record['url']),
    resources: Array.isArray(resources) ? resources.map(String) : null,
    active: record['active'] === true,
    createdAt: String(record['createdAt']),
    changedAt: stored.changedAt,
    sealedSecret: String(record['secret']),
  };
}
