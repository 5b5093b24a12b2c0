import type { Notice } from '../../messages/createNotifications.ts';

/** A message to some users, as the messages of an installation take it. */
export interface EndpointMessage {
  readonly type: 'notification';
  readonly payload: Notice;
  readonly to: { readonly kind: 'users'; readonly ids: readonly string[] };
}

/**
 * Tells people at once of an endpoint that needs them, and stores it for them: the administrators of the built-in accounts, and who
 * added or changed it, wherever his account is. All others who may configure learn that one was switched off when they ask for their notifications.
 *
 * Errors  STORE_UNAVAILABLE
 */
export async function tellEndpointNotice(of: {
  /** Null tells nothing. */
  readonly notice: Notice | null;
  readonly changedBy: readonly string[];
  readonly accounts: { adminIds(): Promise<readonly string[]> };
  readonly store: (notice: Notice, userId: string) => Promise<void>;
  readonly publish: (message: EndpointMessage) => Promise<unknown>;
}): Promise<void> {
  const { notice } = of;
  const ids = [...new Set([...(await of.accounts.adminIds()), ...of.changedBy])];
  if (notice === null || ids.length === 0) return;
  // Stored first: who hears of it asks for his notifications.
  for (const id of ids) await of.store(notice, id);
  await of.publish({ type: 'notification', payload: notice, to: { kind: 'users', ids } });
}
