import type { DeliveryDetail } from '../../log/deliveryLog.ts';
import type { Attempt } from './attemptDelivery.ts';
import { recordOf } from './composeDelivery.ts';
import type { DeliveryQueue, Job } from './deliveryQueue.ts';
import { isoTime } from './isoTime.ts';
import { callLimits } from './callSlots.ts';
import { giveUpAfterMs, waitAfter, waitWhileHeld } from './retrySchedule.ts';
import type { DisabledCode, Endpoint } from './webhooksResource.ts';
import type { WorkerParts } from './workerParts.ts';

/** An attempt as it was noted. */
export interface FinishedAttempt {
  readonly id: string;
  readonly detail: Omit<DeliveryDetail, 'id'>;
}

/** How the call for what waited ended: `dropped` when there is nothing to say any more, `released` when none was made. */
export type CallResult = FinishedAttempt | 'dropped' | 'released';

/**
 * Puts the outcome of an attempt into the queue and notes it for people to read.
 *
 * Shape   `reason` says why the endpoint gets nothing any more; null when it goes on
 */
export function finishAttempt(
  parts: Pick<WorkerParts, 'core' | 'deliveries' | 'now' | 'random'>,
  of: { readonly endpoint: Endpoint; readonly queue: DeliveryQueue; readonly job: Job; readonly attempt: Attempt },
): FinishedAttempt & { readonly reason: DisableReason | null } {
  const { endpoint, queue, job } = of;
  const { outcome } = of.attempt;
  const made = of.attempt.row;
  const now = parts.now();
  const reason = reasonToDisable(outcome, now - (queue.failingSince ?? now));
  const delivered = outcome.kind === 'delivered';
  const taken = delivered && !job.item.reset ? { version: job.item.to, shownVersion: outcome.shownVersion } : {};
  const last = { at: isoTime(now), status: outcome.status, error: reason?.words ?? outcome.error, ...taken };
  const hung = !delivered && made.durationMs > callLimits.slowAfterMs;
  if (!outcome.isCounted) {
    queue.hold(job, { last, hung, waitMs: waitWhileHeld(queue.heldTimes + 1, parts.random()) }, now);
  } else {
    const waitMs = outcome.retryAfterMs ?? waitAfter(job.item.attempt + 1, parts.random());
    queue.finish(job, { delivered, last, waitMs, hung, quiet: outcome.retryAfterMs !== null }, now);
    const { reset, to } = job.item;
    if (delivered && reset?.epoch !== undefined) queue.noteTaken({ epoch: reset.epoch, seq: to, url: endpoint.url });
  }
  const next = reason === null ? queue.find(job.key)?.nextAt : undefined;
  const about = recordOf(job.key);
  const detail = {
    endpoint: made.endpoint,
    messageId: made.messageId,
    kind: job.item.kind ?? ('event' as const),
    type: made.type,
    resource: about?.resource ?? null,
    recordId: about?.recordId ?? null,
    versions: job.item.reset ? null : ([job.item.from, job.item.to] as const),
    attempt: job.item.attempt + 1,
    at: made.at,
    durationMs: made.durationMs,
    outcome: made.outcome,
    status: made.status,
    error: reason?.words ?? made.error,
    nextAttemptAt: next === undefined ? null : new Date(Math.max(next, queue.nextPossibleAt)).toISOString(),
    shownVersion: made.shownVersion,
    request: made.request,
    answer: made.answer,
  };
  const id = parts.deliveries().add(detail);
  parts.core.logger.debug(
    { endpoint: endpoint.id, message: made.messageId, outcome: made.outcome, status: made.status },
    'webhook sent',
  );
  return { id, detail, reason };
}

interface DisableReason {
  readonly code: DisabledCode;
  readonly words: string;
}

function reasonToDisable(outcome: Attempt['outcome'], failingMs: number): DisableReason | null {
  if (outcome.kind === 'gone') {
    const words = 'The receiver answered 410: it wants no more webhooks. Register it again when it does.';
    return { code: 'gone', words };
  }
  if (outcome.kind === 'delivered' || !outcome.isCounted || failingMs < giveUpAfterMs) return null;
  const words = `Nothing was taken for ${giveUpAfterMs / 86_400_000} days; the last error: ${outcome.error} Register it again when it works.`;
  return { code: 'failing', words };
}
