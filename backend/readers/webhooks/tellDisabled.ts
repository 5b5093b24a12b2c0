import type { Endpoint } from './webhooksResource.ts';

/** A message to some users, as the messages of an installation take it. */
export interface DisabledNotice {
  readonly type: 'notification';
  readonly payload: { readonly title: string; readonly message: string; readonly type: 'error' };
  readonly to: { readonly kind: 'users'; readonly ids: readonly string[] };
}

/**
 * Tells people that an endpoint was switched off: the administrators of the built-in accounts, and who added or changed it,
 * wherever his account is. Who comes later sees it in its `disabledReason`.
 */
export async function tellDisabled(of: {
  readonly endpoint: Pick<Endpoint, 'id' | 'description' | 'url'>;
  readonly reason: string;
  readonly changedBy: readonly string[];
  readonly accounts: { adminIds(): Promise<readonly string[]> };
  readonly publish: (message: DisabledNotice) => Promise<unknown>;
}): Promise<void> {
  const ids = [...new Set([...(await of.accounts.adminIds()), ...of.changedBy])];
  if (ids.length === 0) return;
  // The address may carry a token in its path or query; its server is enough to recognise it.
  const name = of.endpoint.description || new URL(of.endpoint.url).origin;
  await of.publish({
    type: 'notification',
    payload: {
      title: `Webhook switched off: ${name}`.slice(0, 200),
      message: of.reason.slice(0, 2_000),
      type: 'error',
    },
    to: { kind: 'users', ids },
  });
}
