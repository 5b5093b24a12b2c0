import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { serverActor } from '../auth/actorOf.ts';
import type { Store, TransactionClient } from '../stores/store.ts';
import { isActor } from '../log/isActor.ts';
import type { AppendRequest } from './append.ts';
import type { Resource } from './defineResource.ts';
import { isRecordId } from './readSaveRequest.ts';

/**
 * Leaves a change in the integrator's transaction: told after its commit, never after a rollback.
 *
 * What could not be told later is refused now, where the transaction can still be undone. So is a secret: it would wait in plain text.
 *
 * Errors  OPTION_INVALID for a store without transactions of others, INVALID for an id, a record or an actor that is not possible,
 *         BODY_TOO_LARGE, FORBIDDEN_TEXT; whatever the client says
 */
export async function stageChange(
  store: Store,
  client: TransactionClient,
  resource: Resource,
  change: AppendRequest,
): Promise<void> {
  const { id, actor = serverActor, mutationId = null, notify = true } = change;
  if (store.staging === undefined || typeof client?.query !== 'function')
    throw new SyncError(
      'OPTION_INVALID',
      `append: "client" has to be a connection to the PostgreSQL of the store, with an open transaction, and the pool of the store needs at least three connections; the store is ${store.name}.`,
    );
  if (!isRecordId(id))
    refuse('/id', 'id', 'The id may have letters, digits, "-", "_", "." and "~", at most 128 of them.');
  if (!isActor(actor)) refuse('/actor', 'actor', 'The actor has to be { id, name, kind }, with a kind such as "admin" or "server".'); // prettier-ignore
  const record = change.record === null ? null : plainRecord(resource, change.record);
  await store.staging.stage(client, { resource: resource.name, id, record, actor, mutationId, notify });
}

/** The record as it will be read again, checked as far as nobody's base is needed. */
function plainRecord(resource: Resource, record: unknown): JsonObject {
  const text = JSON.stringify(record) as string | undefined;
  const plain: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isJsonObject(plain)) refuse('/record', 'record', 'The record has to be an object, or null where it is gone.');
  const secret = resource.classes.secret.find((pointer) => plain[pointer.slice(1)] != null);
  if (secret !== undefined)
    refuse(`/record${secret}`, 'secret', 'A secret would wait in plain text until it is told. Append it after the commit, without "client".'); // prettier-ignore
  const bytes = Buffer.byteLength(text as string);
  if (bytes > resource.maxRecordBytes)
    throw new SyncError(
      'BODY_TOO_LARGE',
      `The record has ${bytes} bytes; at most ${resource.maxRecordBytes} are kept.`,
      {
        extensions: { maxRecordBytes: resource.maxRecordBytes },
      },
    );
  return plain;
}

function refuse(path: string, code: string, message: string): never {
  throw new SyncError('INVALID', message, { extensions: { errors: [{ path, code, message }] } });
}
