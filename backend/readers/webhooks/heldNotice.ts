import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { Notice } from '../../messages/createNotifications.ts';
import { nameOfEndpoint } from './disabledNotice.ts';
import type { Endpoint } from './webhooksResource.ts';

/**
 * What is told of an endpoint that could not be called for long, through no fault of its receiver: it stays on, and nobody else would say it.
 *
 * Shape   the same id for the same time of silence, so that it is told once; `values.since` is ISO 8601
 * Units   heldSince and now milliseconds since 1970
 */
export function heldNotice(endpoint: Endpoint, heldSince: number, now: number): Notice {
  const name = nameOfEndpoint(endpoint);
  const since = new Date(heldSince).toISOString();
  const random = createHash('sha256').update(`held ${endpoint.id} ${heldSince}`).digest().subarray(0, 16);
  return {
    id: uuidV7({ msecs: heldSince, random }),
    title: `Webhook not called: ${name}`,
    message: `Nobody answers for the name in its address since ${since}. What waits is sent when somebody does; check the name and its name servers.`,
    type: 'error',
    code: 'webhook.held',
    values: { endpoint: endpoint.id, name, since },
    createdAt: new Date(now).toISOString(),
  };
}
