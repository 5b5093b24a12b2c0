import type { DeliveryRow } from '../../log/deliveryLog.ts';
import type { Attempt } from './attemptDelivery.ts';
import { recordOf } from './composeDelivery.ts';
import type { DeliveryQueue, Job } from './deliveryQueue.ts';
import { giveUpAfterMs, waitAfter } from './retrySchedule.ts';
import type { Endpoint } from './webhooksResource.ts';
import type { WorkerParts } from './workerParts.ts';

/**
 * Puts the outcome of an attempt into the queue and notes it for people to read.
 *
 * Shape   `reason` says why the endpoint gets nothing any more; null when it goes on
 */
export function finishAttempt(
  parts: Pick<WorkerParts, 'core' | 'deliveries' | 'now' | 'random'>,
  of: { readonly endpoint: Endpoint; readonly queue: DeliveryQueue; readonly job: Job; readonly attempt: Attempt },
): { readonly row: DeliveryRow; readonly reason: string | null } {
  const { endpoint, queue, job } = of;
  const { outcome } = of.attempt;
  const { request, answer, ...made } = of.attempt.row;
  const now = parts.now();
  const since = Math.max(queue.failingSince ?? now, endpoint.changedAt);
  const reason = reasonToDisable(outcome, now - since);
  const last = { at: new Date(now).toISOString(), status: outcome.status, error: reason ?? outcome.error };
  const waitMs = outcome.retryAfterMs ?? waitAfter(job.item.attempt + 1, parts.random());
  const delivered = outcome.kind === 'delivered';
  queue.finish(job, { delivered, last, waitMs, quiet: outcome.retryAfterMs !== null }, now);
  const next = reason === null ? queue.find(job.key)?.nextAt : undefined;
  const about = recordOf(job.key);
  const row = {
    ...made,
    error: reason ?? made.error,
    kind: job.item.kind ?? ('event' as const),
    resource: about?.resource ?? null,
    recordId: about?.recordId ?? null,
    versions: job.item.reset ? null : ([job.item.from, job.item.to] as const),
    attempt: job.item.attempt + 1,
    nextAttemptAt: next === undefined ? null : new Date(Math.max(next, queue.quietUntil)).toISOString(),
  };
  const id = parts.deliveries().add({ ...row, request, answer });
  parts.core.logger.debug(
    { endpoint: endpoint.id, message: row.messageId, outcome: row.outcome, status: row.status },
    'webhook sent',
  );
  return { row: { id, ...row }, reason };
}

function reasonToDisable(outcome: Attempt['outcome'], failingMs: number): string | null {
  if (outcome.kind === 'gone')
    return 'The receiver answered 410: it wants no more webhooks. Register it again when it does.';
  if (outcome.kind === 'delivered' || failingMs < giveUpAfterMs) return null;
  return `Nothing was taken for ${giveUpAfterMs / 86_400_000} days; the last error: ${outcome.error} Register it again when it works.`;
}
