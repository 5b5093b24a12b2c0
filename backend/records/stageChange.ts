import { SyncError } from '../../shared/problem.ts';
import { serverActor } from '../auth/actorOf.ts';
import type { Store, TransactionClient } from '../stores/store.ts';
import type { AppendRequest } from './append.ts';
import { isRecordId } from './readSaveRequest.ts';

/**
 * Leaves a change in the integrator's transaction: told after its commit, never after a rollback.
 *
 * What could not be told later is refused now, where the transaction can still be undone.
 *
 * Errors  OPTION_INVALID for a store without transactions of others, INVALID for an id that is not possible, FORBIDDEN_TEXT; whatever the client says
 */
export async function stageChange(store: Store, client: TransactionClient, change: AppendRequest): Promise<void> {
  const { resource, id, record, actor = serverActor, mutationId = null, notify = true } = change;
  if (store.staging === undefined || typeof client?.query !== 'function')
    throw new SyncError(
      'OPTION_INVALID',
      `append: "client" has to be a connection to the PostgreSQL of the store, with an open transaction, and the pool of the store needs at least two; the store is ${store.name}.`,
    );
  if (!isRecordId(id))
    throw new SyncError('INVALID', 'The id may have letters, digits, "-", "_", "." and "~", at most 128 of them.', {
      extensions: { errors: [{ path: '/id', code: 'id', message: 'This id is not possible.' }] },
    });
  await store.staging.stage(client, { resource, id, record, actor, mutationId, notify });
}
