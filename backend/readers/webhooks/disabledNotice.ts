import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { Notice } from '../../messages/createNotifications.ts';
import type { Endpoint } from './webhooksResource.ts';

/**
 * What is told of an endpoint that was switched off; null for one that is on, and for one that a person has paused.
 *
 * Shape   `code` and `values` are for who words it in the reader's language; `title` and `message` are English. The same id for the same
 *         switching off, so that it is told once however often somebody asks
 */
export function disabledNotice(endpoint: Endpoint): Notice | null {
  const { id, active, disabledReason, disabledCode, disabledAt } = endpoint;
  if (active || disabledReason === null) return null;
  const at = disabledAt === null ? endpoint.changedAt : Date.parse(disabledAt);
  const name = nameOfEndpoint(endpoint);
  return {
    id: uuidV7({ msecs: at, random: createHash('sha256').update(`${id} ${at}`).digest().subarray(0, 16) }),
    title: `Webhook switched off: ${name}`,
    message: disabledReason.slice(0, 2_000),
    type: 'error',
    code: 'webhook.off',
    values: { endpoint: id, name, why: disabledCode ?? 'other' },
    createdAt: new Date(at).toISOString(),
  };
}

/** What a person recognises an endpoint by. The address may carry a token in its path or query; its server is enough. */
export function nameOfEndpoint({ description, url }: Pick<Endpoint, 'description' | 'url'>): string {
  return (description || new URL(url).origin).slice(0, 150);
}
