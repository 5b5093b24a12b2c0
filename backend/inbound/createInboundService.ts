import type { JsonObject } from '../../shared/json.ts';
import type { InboundOptions } from './inboundOptions.ts';
import type { Inbound } from './openInbound.ts';
import type { ReconcileOptions, ReconcileResult } from './reconcileUsers.ts';

/** The option of createSync about identities that come in. */
export interface InboundSetting {
  /** Identities that come in, from Clerk and from sources of one's own; they are kept in the resource `users`. Default none. */
  readonly inbound?: InboundOptions;
}

/** What the server's own code may ask about identities. */
export interface InboundService {
  /** The user with an id of Clerk, by reading one record; null when there is none. Errors  NOT_FOUND where no identities come in */
  getUserByClerkId(id: string): Promise<JsonObject | null>;
  /**
   * Makes the users of Clerk what a full export says, and lists what differed; with `dryRun` it only lists.
   *
   * Errors  NOT_FOUND where no identities come in, INVALID for an export that cannot be right, SAVE_BUSY, STORE_UNAVAILABLE
   */
  reconcileUsers(users: readonly JsonObject[], options?: ReconcileOptions): Promise<ReconcileResult>;
}

/** The functions of an installation that may still be opening. */
export function createInboundService(opening: () => Promise<{ readonly inbound: Inbound }>): InboundService {
  return {
    getUserByClerkId: async (id) => (await opening()).inbound.getUserByClerkId(id),
    reconcileUsers: async (users, options) => (await opening()).inbound.reconcileUsers(users, options),
  };
}
