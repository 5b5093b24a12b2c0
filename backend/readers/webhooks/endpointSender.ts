import { signWebhook } from '../../../shared/webhooks/index.ts';
import type { Sealer } from '../../auth/sealer.ts';
import type { Core } from '../../core.ts';
import type { StateStore } from '../../stores/store.ts';
import { composeDelivery, type Delivery } from './composeDelivery.ts';
import type { DeliveryQueue, Job } from './deliveryQueue.ts';
import type { PostOutcome, Poster } from './postDelivery.ts';
import { giveUpAfterMs, waitAfter } from './retrySchedule.ts';
import type { StateKeeper } from './stateKeeper.ts';
import type { Timers } from './timers.ts';
import type { Endpoint } from './webhooksResource.ts';

/** What all senders of an installation share. */
export interface SenderParts {
  readonly core: Core;
  readonly state: StateStore;
  readonly sealer: Sealer;
  readonly poster: Poster;
  readonly timers: Timers;
  readonly now: () => number;
  /** From 0 to just under 1: spreads the retries of many receivers. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** Something was read, sent or written. */
  readonly onProgress: () => void;
  /** Switches the endpoint off for good, for a reason that an admin reads. */
  readonly disable: (endpoint: Endpoint, reason: string) => Promise<void>;
}

/** What one sender works with. */
export interface EndpointSenderOptions extends SenderParts {
  readonly queue: DeliveryQueue;
  readonly keeper: StateKeeper;
  readonly signal: AbortSignal;
  readonly isHeld: () => boolean;
  readonly endpoint: () => Endpoint;
  /** Another sender wrote the state: everything known here is old. */
  readonly onSuperseded: () => void;
}

/** Makes the calls of one endpoint. */
export interface EndpointSender {
  /** Looks whether something is to be done; cheap, to be called after every change. */
  wake(): void;
  isIdle(): boolean;
  /** Resolves when the calls that were being made have ended. */
  ended(): Promise<void>;
}

/** Calls to one endpoint at a time; of one record there is only one. */
const maxCalls = 4;
/** The wait after a failure of ours, in milliseconds. */
const ownFailureMs = 5_000;

/**
 * Creates the sender of one endpoint.
 *
 * Invariant  a call is made only after the state that asks for it is durable, and forgotten only after its answer is: the
 *            end of the process between any two steps repeats a call with the same id and loses none
 */
export function createEndpointSender(options: EndpointSenderOptions): EndpointSender {
  const { queue, keeper, signal, core } = options;
  const calls = new Set<Promise<void>>();
  let cancelTimer = (): void => undefined;
  let flushing = 0;

  function wake(): void {
    cancelTimer();
    if (!signal.aborted && !options.isHeld()) {
      for (const job of queue.take(options.now(), maxCalls - queue.underWay)) {
        const call = run(job).finally(() => {
          calls.delete(call);
          wake();
        });
        calls.add(call);
      }
      const dueAt = queue.underWay < maxCalls ? queue.nextDueAt() : null;
      if (dueAt !== null) cancelTimer = options.timers.after(Math.max(0, dueAt - options.now()), wake);
    }
    options.onProgress();
  }

  async function run(job: Job): Promise<void> {
    try {
      if (!(await flush())) return queue.release(job, job.item.nextAt);
      const delivery = await composeDelivery(core, options.endpoint().id, job);
      if (delivery === null) queue.drop(job);
      else await call(job, delivery);
      keeper.mark();
      await flush();
    } catch (error) {
      // The store or the key, not the receiver: it is tried again soon and nobody is blamed.
      queue.release(job, options.now() + ownFailureMs);
      options.onError(error);
    }
  }

  async function call(job: Job, delivery: Delivery): Promise<void> {
    const endpoint = options.endpoint();
    const headers = await signWebhook({
      id: delivery.id,
      timestamp: new Date(options.now()),
      body: delivery.body,
      secret: options.sealer.open(endpoint.sealedSecret),
    });
    const outcome = await options.poster.post({ url: endpoint.url, headers, body: delivery.body }, signal);
    const now = options.now();
    if (outcome.kind === 'aborted') return queue.release(job, job.item.nextAt);
    const since = Math.max(queue.failingSince ?? now, endpoint.changedAt);
    const reason = reasonToDisable(outcome, now - since);
    queue.finish(job, toResult(job, outcome, reason, now, options.random()), now);
    core.logger.debug(
      { endpoint: endpoint.id, message: delivery.id, outcome: outcome.kind, status: outcome.status },
      'webhook sent',
    );
    if (reason === null) return;
    // Written down first: the reader ends with the next step.
    keeper.mark();
    await flush();
    await options.disable(endpoint, reason);
  }

  async function flush(): Promise<boolean> {
    flushing += 1;
    try {
      const isOurs = await keeper.flush();
      if (!isOurs) options.onSuperseded();
      return isOurs;
    } finally {
      flushing -= 1;
    }
  }

  signal.addEventListener('abort', () => cancelTimer(), { once: true });
  return {
    wake,
    isIdle() {
      const dueAt = queue.nextDueAt();
      return calls.size === 0 && flushing === 0 && !options.isHeld() && (dueAt === null || dueAt > options.now());
    },
    async ended() {
      await Promise.all(calls);
    },
  };
}

/** Why the endpoint gets nothing any more; null when it goes on. */
function reasonToDisable(outcome: Exclude<PostOutcome, { kind: 'aborted' }>, failingMs: number): string | null {
  if (outcome.kind === 'gone')
    return 'The receiver answered 410: it wants no more webhooks. Register it again when it does.';
  if (outcome.kind === 'delivered' || failingMs < giveUpAfterMs) return null;
  return `Nothing was taken for ${giveUpAfterMs / 86_400_000} days; the last error: ${outcome.error} Register it again when it works.`;
}

function toResult(
  job: Job,
  outcome: Exclude<PostOutcome, { kind: 'aborted' }>,
  reason: string | null,
  now: number,
  random: number,
) {
  const retryAfterMs = outcome.kind === 'failed' ? outcome.retryAfterMs : null;
  return {
    delivered: outcome.kind === 'delivered',
    last: {
      at: new Date(now).toISOString(),
      status: outcome.status,
      error: reason ?? (outcome.kind === 'failed' ? outcome.error : null),
    },
    waitMs: retryAfterMs ?? waitAfter(job.item.attempt + 1, random),
    quiet: retryAfterMs !== null,
  };
}
