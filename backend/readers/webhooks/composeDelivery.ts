import { createHash } from 'node:crypto';
import type { Actor, Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { diff } from '../../../shared/merge/index.ts';
import type { Audience } from '../../auth/permissions.ts';
import type { Core } from '../../core.ts';
import { projectEntry, type EntryView } from '../../log/projectEntry.ts';
import type { Job } from './deliveryQueue.ts';

/**
 * What an endpoint is told of one record: the change from before the first version to after the last one, as a visitor sees it.
 *
 * Shape   `versions` first and last of what became one call; `actors` and `mutationIds` of all of them, at most 100
 */
export interface DeliveryData extends Change {
  readonly versions: readonly [from: number, to: number];
  readonly actors: readonly Actor[];
  readonly mutationIds: readonly string[];
}

/** A message, the same for every attempt. */
export interface Delivery {
  readonly id: string;
  readonly body: string;
}

/** Entries that are read back for one call. */
const maxFolded = 100;

/** How visitors, and so endpoints, look at the records of a resource; null for a resource that they cannot see. */
export function visitorView(core: Core, name: string): EntryView | null {
  const resource = core.resources.get(name);
  if (!resource) return null;
  const audience: Audience = core.permissions.audienceOf(null);
  return {
    view: (record) => core.permissions.view(audience, resource, record),
    followsPublished: core.permissions.followsPublished(audience),
  };
}

/**
 * Writes the message of a call; null when there is nothing to say any more. Counters are as they are when it is written.
 *
 * The id is made of endpoint, log, record and versions: a repeat has the same one, newer content never has it.
 *
 * Shape   body is Standard Webhooks JSON: { type, timestamp, data }
 * Errors  STORE_UNAVAILABLE
 */
export async function composeDelivery(core: Core, endpointId: string, job: Job): Promise<Delivery | null> {
  const { epoch } = core.store.log;
  const { from, to, reset } = job.item;
  const id = messageId([endpointId, epoch, job.key, from, to]);
  if (reset) {
    const data = { reason: reset.reason, cursor: formatCursor({ epoch, seq: to }) };
    return { id, body: JSON.stringify({ type: 'sync.reset', timestamp: new Date(reset.at).toISOString(), data }) };
  }
  const slash = job.key.indexOf('/');
  const data = await readData(core, job.key.slice(0, slash), job.key.slice(slash + 1), [from, to]);
  return data && { id, body: JSON.stringify({ type: `${data.resource}.${data.operation}`, timestamp: data.at, data }) };
}

async function readData(
  core: Core,
  resource: string,
  id: string,
  versions: readonly [number, number],
): Promise<DeliveryData | null> {
  const { log } = core.store;
  const visitor = visitorView(core, resource);
  const declared = core.resources.get(resource);
  if (visitor === null || !declared) return null;
  // An entry has the counters that were stored with it: a site that took them over would count back at each save.
  const complete = await core.counters.completer(declared, id);
  const view = { ...visitor, view: (record: JsonObject | null) => visitor.view(record && complete(record)) };
  const [from, to] = versions;
  const limit = Math.min(to - from + 1, maxFolded);
  const entries = (await log.history(resource, id, { limit, beforeVersion: to + 1 })).filter(
    (entry) => entry.version >= from,
  );
  // More versions than are read back, or some are no longer kept: the first one says what was before, if it is there.
  const first = entries.at(-1)?.version === from ? null : await log.version(resource, id, from);
  const told = [...entries, ...(first ? [first] : [])]
    .flatMap((entry) => projectEntry(log.epoch, entry, view) ?? [])
    .reverse();
  return fold(told, versions);
}

/** Several changes of one record as one: the state after the last, the state before the first, and who made all of them. */
function fold(told: readonly Change[], versions: readonly [number, number]): DeliveryData | null {
  const [first, last] = [told[0], told.at(-1)];
  if (!first || !last) return null;
  const { record } = last;
  const before = first.version === versions[0] ? first.before : null;
  const operation = record === null ? 'deleted' : first.operation === 'created' ? 'created' : 'updated';
  return {
    ...last,
    operation,
    before,
    patch: before !== null && record !== null ? diff(before, record) : [],
    versions,
    actors: told
      .map(({ actor }) => actor)
      .filter((actor, index, all) => all.findIndex((other) => sameActor(actor, other)) === index),
    mutationIds: told.flatMap(({ mutationId }) => mutationId ?? []),
  };
}

function sameActor(a: Actor, b: Actor): boolean {
  return a.id === b.id && a.kind === b.kind;
}

/** Letters, digits, `-` and `_` only: record ids may hold full stops, which separate what is signed. */
function messageId(parts: readonly (string | number)[]): string {
  return `msg_${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32)}`;
}
