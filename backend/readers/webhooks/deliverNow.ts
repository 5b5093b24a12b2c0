import { randomUUID } from 'node:crypto';
import type { Actor } from '../../../shared/change.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { Core } from '../../core.ts';
import type { DeliveryLog, DeliveryRow } from '../../log/deliveryLog.ts';
import { attemptDelivery, type AttemptParts } from './attemptDelivery.ts';
import { Call } from './call.ts';
import type { CallLines } from './callLines.ts';
import type { ComposeDelivery, Delivery } from './composeDelivery.ts';
import { toDeliveryBody } from './deliveryBody.ts';
import type { EndpointManager } from './endpointManager.ts';
import type { PendingDelivery } from './endpointState.ts';
import type { EndpointWorker } from './endpointWorker.ts';
import type { EndpointWorkers } from './endpointWorkers.ts';
import { pause, type Timers } from './timers.ts';
import { toEndpoint, webhooksResource, type Endpoint } from './webhooksResource.ts';

/** What calls on demand are made with. */
export interface DeliverNowOptions extends AttemptParts {
  readonly core: Core;
  readonly compose: ComposeDelivery;
  readonly deliveries: () => DeliveryLog;
  readonly workers: () => EndpointWorkers;
  readonly manager: Pick<EndpointManager, 'orderResend'>;
  /** Those of an endpoint and record for which there is no worker. */
  readonly lines: CallLines;
  readonly timers: Timers;
  /** Milliseconds by a clock that nobody turns. */
  readonly steadyNow: () => number;
  readonly closing: AbortSignal;
}

/** Calls that an admin asks for; their outcome is the answer. */
export interface DeliverNow {
  /** One signed call that says nothing but hello, also to an endpoint that is paused. */
  test(endpoint: Endpoint): Promise<DeliveryRow>;
  /**
   * The newest state of the record of a delivery once more; of a test a new test.
   *
   * Errors  NOT_FOUND when visitors see nothing of the record any more, or its changes are no longer kept; STORE_UNAVAILABLE
   *         when it could not be called for at this moment
   */
  resend(endpoint: Endpoint, delivery: DeliveryRow, actor: Actor): Promise<DeliveryRow>;
  /** The newest version of one record, whether it waits, for whatever reason, or not. Errors  as of `resend` */
  resendRecord(endpoint: Endpoint, of: ResendTarget, actor: Actor): Promise<DeliveryRow>;
}

/** A record, and the first version of it that is told as changed; the newest one when it is not given. */
export interface ResendTarget {
  readonly resource: string;
  readonly recordId: string;
  readonly from?: number;
}

/** How long the process that has an endpoint is waited for: its call, and what a busy machine adds. In milliseconds. */
const elsewhereMs = 20_000;
const lookEveryMs = 250;

/** Creates the calls on demand. */
export function createDeliverNow(options: DeliverNowOptions): DeliverNow {
  const { core, now, steadyNow, deliveries, lines, closing } = options;
  async function attempt(
    endpoint: Endpoint,
    message: Delivery,
    about: Pick<DeliveryRow, 'kind' | 'resource' | 'recordId' | 'versions'>,
  ): Promise<DeliveryRow> {
    const call = new Call();
    const abort = (): void => call.end('stopped');
    closing.addEventListener('abort', abort);
    const made = await attemptDelivery(options, endpoint, message, call).finally(() =>
      closing.removeEventListener('abort', abort),
    );
    if (made === null) throw new SyncError('STORE_UNAVAILABLE', 'The server is stopping; ask again in a moment.');
    const noted = { ...made.row, ...about, attempt: 1, nextAttemptAt: null };
    const { request: _request, answer: _answer, ...told } = noted;
    const row = { ...told, id: deliveries().add(noted) };
    return row;
  }

  const test = (endpoint: Endpoint): Promise<DeliveryRow> => {
    const type = 'sync.test';
    const data = { message: 'This is a test. Whoever sees it verified the signature and can be told of changes.' };
    const body = toDeliveryBody({ type, timestamp: new Date(now()).toISOString(), data });
    const message = { id: `msg_${randomUUID()}`, type, body };
    return attempt(endpoint, message, { kind: 'test', resource: null, recordId: null, versions: null });
  };

  async function resendReset(endpoint: Endpoint): Promise<DeliveryRow> {
    const seq = core.store.log.head();
    const item = { ...dueNow(seq, seq), reset: { reason: 'overflow' as const, at: now() } };
    const message = await options.compose({ endpoint, job: { key: 'reset', item } });
    if (message === null) throw gone();
    return attempt(endpoint, message, { kind: 'resend', resource: null, recordId: null, versions: null });
  }

  function dueNow(from: number, to: number): PendingDelivery {
    return { from, to, attempt: 0, nextAt: now(), again: now(), kind: 'resend' };
  }

  /** Asks the process that has the endpoint, and waits until the call stands in the log of deliveries. */
  async function resendElsewhere(
    endpoint: Endpoint,
    of: { readonly resource: string; readonly recordId: string; readonly versions: readonly [number, number] },
    actor: Actor,
  ): Promise<DeliveryRow> {
    const latest = async (): Promise<DeliveryRow | undefined> =>
      (await deliveries().latestOf(of.resource, of.recordId)).find((row) => row.endpoint === endpoint.id);
    const [from, to] = of.versions;
    const before = (await latest())?.id;
    await options.manager.orderResend(endpoint.id, { key: `${of.resource}/${of.recordId}`, from, to }, actor);
    const until = steadyNow() + elsewhereMs;
    while (steadyNow() < until && !closing.aborted) {
      await pause(options.timers, lookEveryMs, closing);
      const row = await latest();
      // With a save of that moment it is told as one event, of a newer version.
      if (row && row.id !== before && (row.kind === 'resend' || (row.versions?.[1] ?? 0) > to)) return row;
    }
    throw later();
  }

  async function newestVersions({ resource, recordId, from }: ResendTarget): Promise<readonly [number, number]> {
    const [newest] = await core.store.log.history(resource, recordId, { limit: 1 });
    if (newest === undefined) throw gone();
    return [Math.min(from ?? newest.version, newest.version), newest.version];
  }

  async function composed(endpoint: Endpoint, key: string, [from, to]: readonly [number, number]): Promise<Delivery> {
    const message = await options.compose({ endpoint, job: { key, item: dueNow(from, to) } });
    if (message === null) throw gone();
    return message;
  }

  async function resendByWorker(worker: EndpointWorker, key: string, target: ResendTarget): Promise<DeliveryRow> {
    const row = await worker.resend(key, await newestVersions(target));
    if (row === 'dropped') throw gone();
    if (row === 'released') throw later();
    return row;
  }

  async function resendRecord(endpoint: Endpoint, target: ResendTarget, actor: Actor): Promise<DeliveryRow> {
    const { resource, recordId } = target;
    const { id } = endpoint;
    const key = `${resource}/${recordId}`;
    const find = (): EndpointWorker | null => options.workers().find(id);
    const versions = await newestVersions(target);
    const worker = find();
    if (worker !== null && !lines.isBusy(id, key)) return resendByWorker(worker, key, target);
    if (worker === null && endpoint.active && core.store.leases !== undefined) {
      // Said here: of what nobody is told the other process has nothing to note, and it would be waited for in vain.
      await composed(endpoint, key, versions);
      return resendElsewhere(endpoint, { resource, recordId, versions }, actor);
    }
    return lines.run(id, key, async () => {
      // What there is to tell, and who has to, may be something else than when this began to wait.
      const now = find();
      if (now !== null) return resendByWorker(now, key, target);
      const stored = toEndpoint(await core.store.load(webhooksResource.name, id));
      if (stored === null) throw new SyncError('NOT_FOUND', `There is no webhook "${id}".`);
      const newest = await newestVersions(target);
      const about = { kind: 'resend' as const, resource, recordId, versions: newest };
      return attempt(stored, await composed(stored, key, newest), about);
    });
  }

  return {
    test,
    resend(endpoint, { kind, resource, recordId, versions }, actor) {
      if (kind === 'test') return test(endpoint);
      if (resource === null || recordId === null) return resendReset(endpoint);
      return resendRecord(endpoint, { resource, recordId, from: versions?.[0] ?? 1 }, actor);
    },
    resendRecord,
  };
}

function later(): SyncError {
  return new SyncError(
    'STORE_UNAVAILABLE',
    'The endpoint could not be called at this moment. What waits for it is sent by itself; look at its deliveries, or ask again.',
  );
}

function gone(): SyncError {
  return new SyncError(
    'NOT_FOUND',
    'There is nothing to send: visitors do not see this record, or its changes are no longer kept.',
  );
}
