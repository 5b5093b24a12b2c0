import type { QueryClient } from '@tanstack/react-query';
import { isJsonObject, type JsonObject } from '../../../../shared/json.ts';
import { SyncRequestError, type RealtimeSyncService, type SyncResult } from '../../../client/index.ts';
import { refreshQueries } from '../refreshQuery.ts';
import { optimisticLayerOf, type PendingChange } from './optimisticLayer.ts';
import { findRecord, putAnswer } from './putAnswer.ts';

/** What a save without an answer becomes. */
export interface OfflineWish {
  /** `queue`: it waits and is sent when there is a network. `rollback`: it is given up after `timeoutMs`. Default `queue`. */
  readonly offline?: 'queue' | 'rollback';
  /** Milliseconds without an answer after which `rollback` gives up. Default 10,000. */
  readonly timeoutMs?: number;
}

/** One save that is shown at once. */
export interface OptimisticSave extends OfflineWish {
  readonly client: QueryClient;
  readonly service: RealtimeSyncService;
  readonly url: string;
  readonly change: PendingChange;
  /** What the form was loaded with. Default: the record as the queries have it now. */
  readonly base?: object | undefined;
}

/**
 * Shows a change at once, saves it through the queue, and takes it off again in the moment when the answer is there.
 *
 * What the queries hold is always what the server said; what is pending lies over it. So a save that fails leaves nothing
 * behind but what others have made it meanwhile, with whatever else is still pending over it. What was typed stays in the
 * queue, where it can be tried again.
 *
 * Errors  SyncRequestError; TIMED_OUT when `rollback` gave up
 */
export async function saveOptimistically(options: OptimisticSave): Promise<JsonObject> {
  const { client, change } = options;
  const { resource, id } = change;
  const layer = optimisticLayerOf(client);
  layer.add(change);
  try {
    // A delete needs the version that the saves before it will have made.
    if (change.kind === 'delete') await layer.settled(change);
    const { record } = await giveUpInTime(options);
    const isGone = change.kind === 'delete';
    putAnswer(client, { resource, id, record: isGone ? null : record });
    return record ?? { id };
  } catch (error) {
    if (error instanceof SyncRequestError && error.current !== undefined)
      putAnswer(client, { resource, id, record: error.current });
    // Nobody knows whether it was stored.
    if (error instanceof SyncRequestError && error.problem.status === 0)
      refreshQueries(client, { queryKey: [resource] });
    throw error;
  } finally {
    layer.remove(change);
  }
}

function send({ client, service, url, change, base }: OptimisticSave): Promise<SyncResult> {
  const { resource, id, fields } = change;
  if (change.kind === 'create') return service.sync(url, 'POST', { ...fields, id });
  const record = `${url}/${encodeURIComponent(id)}`;
  const known = findRecord(client, resource, id);
  const from = base ?? known;
  const wishes = from === null ? {} : { base: from };
  if (change.kind === 'update') return service.sync(record, 'PUT', fields, wishes);
  const version = isJsonObject(from) ? from['version'] : undefined;
  return service.sync(record, 'DELETE', typeof version === 'number' ? { version } : {}, wishes);
}

async function giveUpInTime(options: OptimisticSave): Promise<SyncResult> {
  const { service, offline = 'queue', timeoutMs = 10_000 } = options;
  if (offline === 'queue') return send(options);
  const before = new Set(service.getState().entries.map((entry) => entry.id));
  const answer = send(options);
  // The queue takes a save before it gives the promise.
  const entry = service.getState().entries.find((one) => !before.has(one.id));
  let isLate = false;
  const timer = setTimeout(() => {
    if (entry === undefined) return;
    isLate = true;
    service.discard(entry.id);
  }, timeoutMs);
  try {
    return await answer;
  } catch (error) {
    if (!isLate) throw error;
    const problem = {
      code: 'TIMED_OUT',
      title: 'The server did not answer in time',
      status: 0,
      detail: `No answer within ${timeoutMs} ms; the change was taken back.`,
    };
    throw new SyncRequestError(problem, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
