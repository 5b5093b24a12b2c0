import { hash } from 'node:crypto';
import type { Actor, Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { diff } from '../../../shared/merge/index.ts';
import type { Core } from '../../core.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import { withoutFields } from '../../log/withoutFields.ts';
import { singleId } from '../../records/recordTarget.ts';
import { toDeliveryBody, type DeliveryBody } from './deliveryBody.ts';
import type { Job } from './deliveryQueue.ts';
import { isWantedStill } from './isWantedStill.ts';
import { visitorView } from '../../records/visitorView.ts';
import type { EndpointFilter } from './webhooksResource.ts';

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
  readonly type: string;
  readonly body: DeliveryBody;
}

/** What a message is composed for. */
export interface ComposeRequest {
  readonly endpoint: { readonly id: string } & EndpointFilter;
  readonly job: Job;
}

/** Writes the messages of an installation. */
export type ComposeDelivery = (request: ComposeRequest) => Promise<Delivery | null> | Delivery | null;

/** Entries that are read back for one call. */
const maxFolded = 100;
/** Bodies that are kept for the next endpoint which is told the same, and for how long, in milliseconds. */
const shared = { bodies: 32, ms: 1_000 } as const;

type Composed = Pick<Delivery, 'type' | 'body'> | null;

/**
 * Creates the writer of messages; it answers null when there is nothing to say any more. Counters are as they are when it is written.
 *
 * The id is made of endpoint, log, record and versions: a repeat has the same one, newer content never has it. A body is
 * written once for all endpoints that are told the same at the same moment.
 *
 * Shape   body is Standard Webhooks JSON: { type, timestamp, data }; beyond `maxBodyBytes` `data` has no record, before and
 *         patch, but `truncated` and a `link` to the record below the mount of the API
 * Errors  STORE_UNAVAILABLE
 */
export function createComposer(options: {
  readonly core: Core;
  readonly maxBodyBytes: number;
  readonly now: () => number;
}): ComposeDelivery {
  const { core, now } = options;
  const recent = new Map<string, { readonly at: number; composed: Promise<Composed> | Composed }>();

  function compose(job: Job, fields: readonly string[] | null): Promise<Composed> | Composed {
    const { key: record, item } = job;
    // Numbers first: a record id may hold anything.
    const key = `${item.from} ${item.to} ${fields === null ? '' : JSON.stringify(fields)} ${core.store.log.epoch} ${record}`;
    const known = recent.get(key);
    // Of a moment that is still to come: the clock was set back, and how old it is nobody knows.
    const ageMs = known ? now() - known.at : 0;
    if (known && ageMs >= 0 && ageMs < shared.ms) return known.composed;
    recent.delete(key);
    const composed = writeBody(options, job, fields);
    const kept: { readonly at: number; composed: Promise<Composed> | Composed } = { at: now(), composed };
    recent.set(key, kept);
    composed.then(
      (done) => (kept.composed = done),
      () => recent.delete(key),
    );
    const [oldest] = recent.keys();
    if (recent.size > shared.bodies && oldest !== undefined) recent.delete(oldest);
    return composed;
  }

  return ({ endpoint, job }) => {
    const { epoch } = core.store.log;
    const { from, to, reset, again } = job.item;
    const id = messageId([endpoint.id, epoch, job.key, from, to, ...(again === undefined ? [] : [again])]);
    if (reset) {
      const data = { reason: reset.reason, cursor: formatCursor({ epoch, seq: to }) };
      const type = 'sync.reset';
      return { id, type, body: toDeliveryBody({ type, timestamp: new Date(reset.at).toISOString(), data }) };
    }
    const tell = (): Promise<Delivery | null> | Delivery | null => {
      const composed = compose(job, endpoint.fields);
      const named = (of: Composed): Delivery | null => of && { id, type: of.type, body: of.body };
      return composed instanceof Promise ? composed.then(named) : named(composed);
    };
    // What waits was noted by the filter of that moment; a resend is somebody's own wish.
    if (job.item.kind === 'resend' || isForAll(endpoint, job)) return tell();
    return isWantedStill(core, endpoint, job).then((isWanted) => (isWanted ? tell() : null));
  };
}

/** True when no look at the log could say that an endpoint does not want what waits, as is so for most. */
function isForAll({ resources, events, fields }: EndpointFilter, { key }: Job): boolean {
  if (events !== null || fields !== null) return false;
  return resources === null || resources.includes(key.slice(0, key.indexOf('/')));
}

/** The resource and the record of a key of the queue; null for what is about no record. */
export function recordOf(key: string): { readonly resource: string; readonly recordId: string } | null {
  const slash = key.indexOf('/');
  return slash === -1 ? null : { resource: key.slice(0, slash), recordId: key.slice(slash + 1) };
}

async function writeBody(
  { core, maxBodyBytes }: { readonly core: Core; readonly maxBodyBytes: number },
  job: Job,
  fields: readonly string[] | null,
): Promise<Composed> {
  const { resource = '', recordId = '' } = recordOf(job.key) ?? {};
  const whole = await readData(core, resource, recordId, [job.item.from, job.item.to]);
  if (whole === null) return null;
  const data = fields === null ? whole : onlyFields(whole, fields);
  const type = `${data.resource}.${data.operation}`;
  const body = toDeliveryBody({ type, timestamp: data.at, data });
  if (body.bytes.length <= maxBodyBytes) return { type, body };
  const { record: _record, before: _before, patch: _patch, ...rest } = data;
  const link =
    core.resources.get(resource)?.single && recordId === singleId ? `/${resource}` : `/${resource}/${recordId}`;
  return { type, body: toDeliveryBody({ type, timestamp: data.at, data: { ...rest, truncated: true, link } }) };
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
  const data = fold(told, versions);
  return data && declared.live === 'notify' ? { ...data, ...withoutFields(data) } : data;
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

/** A change of which an endpoint hears some fields only; compared after, as a patch of the whole would name the others. */
function onlyFields(data: DeliveryData, fields: readonly string[]): DeliveryData {
  const pick = (of: JsonObject | null): JsonObject | null =>
    of && Object.fromEntries(Object.entries(of).filter(([name]) => fields.includes(name)));
  const [before, record] = [pick(data.before), pick(data.record)];
  return { ...data, before, record, patch: before !== null && record !== null ? diff(before, record) : [] };
}

function sameActor(a: Actor, b: Actor): boolean {
  return a.id === b.id && a.kind === b.kind;
}

/** Letters, digits, `-` and `_` only: record ids may hold full stops, which separate what is signed. */
function messageId(parts: readonly (string | number)[]): string {
  return `msg_${hash('sha256', JSON.stringify(parts), 'base64url' as 'hex').slice(0, 32)}`;
}
