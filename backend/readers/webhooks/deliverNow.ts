import { randomUUID } from 'node:crypto';
import { SyncError } from '../../../shared/problem.ts';
import type { Core } from '../../core.ts';
import type { DeliveryKind, DeliveryLog, DeliveryRow } from '../../log/deliveryLog.ts';
import { attemptDelivery, type AttemptParts } from './attemptDelivery.ts';
import { Call } from './call.ts';
import type { ComposeDelivery, Delivery } from './composeDelivery.ts';
import { toDeliveryBody } from './deliveryBody.ts';
import type { PendingDelivery } from './endpointState.ts';
import type { EndpointWorkers } from './endpointWorkers.ts';
import type { Endpoint } from './webhooksResource.ts';

/** What calls on demand are made with. */
export interface DeliverNowOptions extends AttemptParts {
  readonly core: Core;
  readonly compose: ComposeDelivery;
  readonly deliveries: () => DeliveryLog;
  readonly workers: () => EndpointWorkers;
  readonly closing: AbortSignal;
}

/** Calls that an admin asks for; their outcome is the answer. */
export interface DeliverNow {
  /** One signed call that says nothing but hello, also to an endpoint that is paused. */
  test(endpoint: Endpoint): Promise<DeliveryRow>;
  /**
   * The newest state of the record of a delivery once more; of a test a new test.
   *
   * Errors  NOT_FOUND when visitors see nothing of the record any more, or its changes are no longer kept
   */
  resend(endpoint: Endpoint, delivery: DeliveryRow): Promise<DeliveryRow>;
}

/** Creates the calls on demand. */
export function createDeliverNow(options: DeliverNowOptions): DeliverNow {
  const { core, now, deliveries, closing } = options;

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

  async function resendRecord(
    endpoint: Endpoint,
    resource: string,
    recordId: string,
    first: number,
  ): Promise<DeliveryRow> {
    const [newest] = await core.store.log.history(resource, recordId, { limit: 1 });
    if (newest === undefined) throw gone();
    const versions = [Math.min(first, newest.version), newest.version] as const;
    const key = `${resource}/${recordId}`;
    const worker = options.workers().find(endpoint.id);
    if (worker?.isLive) {
      // In its line, so that it neither meets nor overtakes a call of the same record.
      worker.queue.noteAgain(key, versions, 'resend', now());
      const row = await worker.callNow(key);
      if (row !== null) return row;
    }
    const message = await options.compose({ endpoint, job: { key, item: dueNow(...versions) } });
    if (message === null) throw gone();
    return attempt(endpoint, message, { kind: 'resend' as DeliveryKind, resource, recordId, versions });
  }

  return {
    test,
    resend(endpoint, { kind, resource, recordId, versions }) {
      if (kind === 'test') return test(endpoint);
      if (resource === null || recordId === null) return resendReset(endpoint);
      return resendRecord(endpoint, resource, recordId, versions?.[0] ?? 1);
    },
  };
}

function gone(): SyncError {
  return new SyncError(
    'NOT_FOUND',
    'There is nothing to send: visitors do not see this record, or its changes are no longer kept.',
  );
}
