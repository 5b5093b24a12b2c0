import type { User } from '../auth/permissions.ts';
import type { Core } from '../core.ts';
import { toEndpoint, webhooksResource } from '../readers/webhooks/webhooksResource.ts';
import { disabledNotice } from '../readers/webhooks/disabledNotice.ts';
import type { Notifications } from './createNotifications.ts';

/** Tells those who may configure of webhooks that the product has switched off. */
export interface EndpointNotices {
  /** Stores for a user what he has not been told; nothing for who may not configure. Errors  STORE_UNAVAILABLE */
  catchUp(user: User): Promise<void>;
}

/** Endpoints that a user is told of at once; a list of more says no more than the screen of webhooks does. */
const maxNotices = 20;

/**
 * Creates the service.
 *
 * What an endpoint is stands in its record: who comes later, or has an account elsewhere, or came between the moment when it was switched
 * off and the moment when that was told, learns of it when he asks for his notifications.
 */
export function createEndpointNotices({
  core,
  notifications,
}: {
  readonly core: Core;
  readonly notifications: Pick<Notifications, 'addOnce'>;
}): EndpointNotices {
  return {
    async catchUp(user) {
      if (!core.permissions.can(user, 'configure', webhooksResource, null)) return;
      const endpoints = (await core.store.list(webhooksResource.name)).flatMap((stored) => toEndpoint(stored) ?? []);
      const notices = endpoints.flatMap((endpoint) => disabledNotice(endpoint) ?? []);
      notices.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
      for (const notice of notices.slice(-maxNotices)) await notifications.addOnce(notice, user.id);
    },
  };
}
