import type { Router } from 'express';
import { SyncError } from '../../shared/problem.ts';
import type { Core } from '../core.ts';
import { createServerRecords } from '../records/serverRecords.ts';
import type { InboundService } from './createInboundService.ts';
import { createIdentities } from './createIdentities.ts';
import { isLiving, membershipsOf } from './identityLedger.ts';
import { inboundRoutes } from './inboundRoutes.ts';
import { inboundSources, type InboundOptions } from './inboundOptions.ts';
import { reconcileUsers } from './reconcileUsers.ts';

/** Identities that come in, once everything is open. */
export interface Inbound extends InboundService {
  readonly router: Router;
}

/**
 * Opens the way in for identities. Without a source the routes say how to set one up.
 *
 * Errors  NOT_FOUND of the two functions where no identities come in
 */
export function openInbound(core: Core, options: InboundOptions | undefined): Inbound {
  const { store, saver, counters, logger } = core;
  const sources = inboundSources(options) ?? new Map();
  const resource = core.resources.get('users');
  const needed = () => {
    if (resource !== undefined) return resource;
    throw new SyncError(
      'NOT_FOUND',
      'There is no resource "users": set "inbound" of createSync, or declare defineUsers().',
    );
  };
  const identities = createIdentities({ store, saver, resource: needed });
  return {
    router: inboundRoutes({ sources, identities, state: store.state, maxDepth: core.limits.maxDepth, logger }),
    async getUserByClerkId(id) {
      const record = await createServerRecords({ store, saver, counters }, needed()).get(id);
      if (record?.['clerk_user_id'] !== id) return null;
      // Of what stands in a record, only the ledger knows that it is of the source, and still holds.
      const ledger = await identities.ledgerOf(id);
      return isLiving(ledger) ? { ...record, organization_memberships: membershipsOf(ledger) } : null;
    },
    reconcileUsers: async (users, reconcileOptions) => {
      needed();
      return reconcileUsers({ store, identities }, users, reconcileOptions);
    },
  };
}
