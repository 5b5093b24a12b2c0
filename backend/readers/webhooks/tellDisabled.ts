import type { Notice } from '../../messages/createNotifications.ts';
import { disabledNotice } from './disabledNotice.ts';
import type { Endpoint } from './webhooksResource.ts';

/** A message to some users, as the messages of an installation take it. */
export interface DisabledMessage {
  readonly type: 'notification';
  readonly payload: Notice;
  readonly to: { readonly kind: 'users'; readonly ids: readonly string[] };
}

/**
 * Tells people at once that an endpoint was switched off, and stores it for them: the administrators of the built-in accounts, and who
 * added or changed it, wherever his account is. All others who may configure learn of it when they ask for their notifications.
 *
 * Errors  STORE_UNAVAILABLE
 */
export async function tellDisabled(of: {
  readonly endpoint: Endpoint;
  readonly changedBy: readonly string[];
  readonly accounts: { adminIds(): Promise<readonly string[]> };
  readonly store: (notice: Notice, userId: string) => Promise<void>;
  readonly publish: (message: DisabledMessage) => Promise<unknown>;
}): Promise<void> {
  const notice = disabledNotice(of.endpoint);
  const ids = [...new Set([...(await of.accounts.adminIds()), ...of.changedBy])];
  if (notice === null || ids.length === 0) return;
  // Stored first: who hears of it asks for his notifications.
  for (const id of ids) await of.store(notice, id);
  await of.publish({ type: 'notification', payload: notice, to: { kind: 'users', ids } });
}
