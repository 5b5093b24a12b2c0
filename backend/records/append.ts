import type { Actor } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';
import { serverActor } from '../auth/actorOf.ts';
import type { Store, TransactionClient } from '../stores/store.ts';
import type { Resource } from './defineResource.ts';
import type { Saver } from './save.ts';
import type { SaveRequest } from './saveRequest.ts';

/** What happened to a record of the integrator's own data; `record` null says that it is gone. */
export interface AppendRequest {
  readonly resource: string;
  readonly id: string;
  readonly record: JsonObject | null;
  /** Default the server. */
  readonly actor?: Actor;
  readonly mutationId?: string | null;
  /** False: webhooks and the site are not told. Default true. */
  readonly notify?: boolean;
}

/** How a change is told. */
export interface AppendOptions {
  /** A connection to the PostgreSQL of the store whose transaction is open: the change belongs to it. Default none: it is told at once. */
  readonly client?: TransactionClient;
}

/**
 * Writes what the integrator's own route has stored into the log, so that every reader gets it like any other change.
 *
 * The log keeps a copy, because a change says what was before; a record that is the same as the copy is told to nobody.
 */
export async function append(
  store: Store,
  saver: Saver,
  resource: Resource,
  change: AppendRequest,
  key?: SaveRequest['key'],
): Promise<void> {
  const stored = await store.load(resource.name, change.id);
  const isThere = stored?.record != null;
  if (change.record === null && !isThere) return;
  const intent = change.record === null ? 'delete' : isThere ? 'update' : 'create';
  await saver.save({
    resource,
    id: change.id,
    intent,
    body: change.record === null ? { kind: 'none' } : { kind: 'whole', record: change.record },
    base: { kind: 'overrule' },
    needsBase: false,
    actor: change.actor ?? serverActor,
    mutationId: change.mutationId ?? null,
    notify: change.notify ?? true,
    // Their route has decided already; what it stored is what happened, protected or not.
    accept: true,
    ...(key ? { key } : {}),
  });
}
