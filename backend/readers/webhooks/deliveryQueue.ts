import type { LogPosition } from '../../../shared/cursor.ts';
import { boundWaits } from './boundWaits.ts';
import type { EndpointState, LastDelivery, PendingDelivery } from './endpointState.ts';
import type { JobResult } from './jobResult.ts';
import { PendingItems } from './pendingItems.ts';
import { maxHeldMs, maxWaitMs, minWaitMs } from './retrySchedule.ts';

/** A call to make now, with what it was taken from. */
export interface Job {
  readonly key: string;
  readonly item: PendingDelivery;
}

/** The key of the pending reset; every other key has a slash in it. */
const resetKey = 'reset';
/** Records that may wait for one endpoint. Beyond it the receiver loads everything once instead: the state is one value. */
const maxPending = 1_000;
/** An endpoint that failed for less than this did not recover: it refuses one record and takes others. */
const outageMs = 60_000;
const notHeld = { until: 0, times: 0 } as { readonly until: number; readonly times: number };

/**
 * What one endpoint still has to be told, and when: the record of its durable state, without clock, store or network.
 *
 *   (nothing) --note--> waiting --take--> under way --finish: delivered, nothing newer--> (nothing)
 *                          ^  ^ note: joins   |  \----finish: delivered, newer noted----> waiting, from the newer one
 *                          |                  |
 *                          +------------------+  finish: failed (attempt + 1), release (as if never taken)
 *
 * Invariants: one call per record at a time; a newer change joins the call that waits and never overtakes the one under way.
 */
export function createDeliveryQueue(initial: EndpointState) {
  let cursor: LogPosition = initial.cursor;
  // Calls that are being made: the first version noted since they were taken, and whether a reset has made them meaningless.
  const underWay = new Map<string, { newerFrom: number | null; isVoid: boolean }>();
  const pending = new PendingItems(initial.pending, (key) => underWay.has(key));
  let { quietUntil, failingSince, heldSince = null, lastDelivery, orders, takenReset, isHanging = false } = initial;
  let quietMs = initial.quietMs ?? maxWaitMs;
  // Not kept: after a start the name is looked up at once.
  let held = notHeld;

  function noteReset(to: LogPosition, reason: NonNullable<PendingDelivery['reset']>['reason'], now: number): void {
    cursor = to;
    pending.clear();
    for (const call of underWay.values()) call.isVoid = true;
    pending.set(resetKey, {
      from: to.seq,
      to: to.seq,
      attempt: 0,
      nextAt: now,
      reset: { reason, at: now, epoch: to.epoch },
    });
  }

  function end(job: Job): { readonly waiting: PendingDelivery | undefined; readonly newerFrom: number | null } {
    const call = underWay.get(job.key);
    underWay.delete(job.key);
    // What came for the record after everything was forgotten was passed over as long as this call went on.
    const item = call?.isVoid ? pending.get(job.key) : undefined;
    if (item !== undefined) pending.set(job.key, item);
    return { waiting: call?.isVoid ? undefined : pending.get(job.key), newerFrom: call?.newerFrom ?? null };
  }

  function forgive(): void {
    [failingSince, heldSince] = [null, null];
  }

  function toState(): EndpointState {
    const state = { cursor, pending: pending.toRecord(), quietUntil, failingSince, lastDelivery };
    return {
      ...state,
      ...(quietUntil === 0 ? {} : { quietMs }),
      ...(heldSince === null ? {} : { heldSince }),
      ...(isHanging ? { isHanging } : {}),
      ...(takenReset === undefined ? {} : { takenReset }),
      ...(orders === undefined ? {} : { orders }),
    };
  }

  return {
    get cursor(): LogPosition {
      return cursor;
    },
    get failingSince(): number | null {
      return failingSince;
    },
    get heldSince(): number | null {
      return heldSince;
    },
    get lastDelivery(): LastDelivery | null {
      return lastDelivery;
    },
    get quietUntil(): number {
      return quietUntil;
    },
    /** No call is made before, whatever is due. */
    get nextPossibleAt(): number {
      return Math.max(quietUntil, held.until);
    },
    get isHanging(): boolean {
      return isHanging;
    },
    /** How often in a row no call could be made, through no fault of the receiver. */
    get heldTimes(): number {
      return held.times;
    },
    get underWay(): number {
      return underWay.size;
    },
    /** Records that wait, with those under way. */
    get size(): number {
      return pending.size;
    },
    get orders(): EndpointState['orders'] {
      return orders;
    },
    /** What waits under a key. */
    find: (key: string): PendingDelivery | undefined => pending.get(key),
    isUnderWay: (key: string): boolean => underWay.has(key),
    /** An entry that this endpoint is not told of. */
    advance(to: LogPosition): void {
      cursor = to;
    },
    /** A change to tell; returns when it is due. When too many records wait, one reset takes the place of all of them. */
    note(place: LogPosition, key: string, version: number, now: number): number {
      const waiting = pending.get(key);
      if (waiting === undefined && pending.size >= maxPending) {
        noteReset(place, 'overflow', now);
        return now;
      }
      cursor = place;
      const call = underWay.get(key);
      if (call && call.newerFrom === null) call.newerFrom = version;
      // Somebody who saves again is not left waiting for hours, and a receiver in trouble is not called at every key stroke.
      const nextAt = waiting === undefined ? now : Math.min(waiting.nextAt, now + minWaitMs);
      // A resend may have told of newer versions than the log was read up to.
      const to = Math.max(version, waiting?.to ?? 0);
      pending.set(key, {
        from: Math.min(waiting?.from ?? version, version),
        to,
        attempt: waiting?.attempt ?? 0,
        nextAt,
      });
      return nextAt;
    },
    /** Versions of a record to tell once more, at once. */
    noteAgain(key: string, versions: readonly [number, number], kind: 'resend' | 'replay', now: number): void {
      const waiting = pending.get(key);
      if (waiting === undefined && pending.size >= maxPending) {
        noteReset(cursor, 'overflow', now);
        return;
      }
      const from = Math.min(versions[0], waiting?.from ?? versions[0]);
      const to = Math.max(versions[1], waiting?.to ?? 0);
      const call = underWay.get(key);
      if (call) call.newerFrom = Math.min(from, call.newerFrom ?? from);
      // Twice in one millisecond are two messages, or the receiver takes the second one for a repeat.
      const again = Math.max(now, (waiting?.again ?? 0) + 1);
      pending.set(key, { from, to, attempt: 0, nextAt: now, again, kind });
    },
    /** What waits is due now, and what failed is forgotten, a wish to wait too: somebody switched it on again, or moved it. */
    makeDue(now: number): void {
      [quietUntil, held, isHanging] = [0, notHeld, false];
      forgive();
      pending.hurry(now);
    },
    /** Forgets since when nothing works. */
    forgive,
    noteOrders(done: NonNullable<EndpointState['orders']>): void {
      orders = done;
    },
    /** The call of one record, whether it is due or not; null while one is under way or nothing waits. */
    takeKey(key: string): Job | null {
      const item = pending.get(key);
      if (item === undefined || underWay.has(key)) return null;
      underWay.set(key, { newerFrom: null, isVoid: false });
      return { key, item };
    },
    /** The reader lost its place: one call says so, and what waited is part of what the receiver loads again. */
    noteReset,
    /** At most `limit` calls that are due, the longest waiting first; they count as under way from now on. */
    take(now: number, limit: number): readonly Job[] {
      if (now < Math.max(quietUntil, held.until) || limit <= 0 || pending.size === 0) return [];
      const jobs: Job[] = [];
      while (jobs.length < limit) {
        const first = pending.earliest();
        if (first === null || first.item.nextAt > now) break;
        underWay.set(first.key, { newerFrom: null, isVoid: false });
        jobs.push(first);
      }
      return jobs;
    },
    /** When the next call is due; null when nothing waits. */
    nextDueAt(): number | null {
      const first = pending.earliest();
      return first && Math.max(first.item.nextAt, quietUntil, held.until);
    },
    finish(job: Job, result: JobResult, now: number): void {
      const { waiting, newerFrom } = end(job);
      lastDelivery = result.last;
      [held, heldSince, isHanging] = [notHeld, null, result.hung];
      if (result.quiet) [quietMs, quietUntil] = [result.waitMs, now + result.waitMs];
      const hasRecovered = result.delivered && failingSince !== null && now - failingSince >= outageMs;
      failingSince = result.delivered ? null : (failingSince ?? now);
      if (waiting !== undefined) {
        if (!result.delivered)
          pending.set(job.key, { ...waiting, attempt: job.item.attempt + 1, nextAt: now + result.waitMs });
        else if (newerFrom === null) pending.delete(job.key);
        else pending.set(job.key, { ...waiting, from: newerFrom, attempt: 0, nextAt: now });
      }
      // After an outage the records that failed in it do not sit out their long waits.
      if (hasRecovered) pending.hurry(now);
    },
    /** Nothing to say any more: the audience does not see the record now. */
    drop(job: Job): void {
      const { waiting, newerFrom } = end(job);
      if (waiting === undefined) return;
      if (newerFrom === null) pending.delete(job.key);
      else pending.set(job.key, { ...waiting, from: newerFrom });
    },
    /** The call was not made, through no fault of the receiver: it is due again at `retryAt`. */
    release(job: Job, retryAt: number): void {
      const { waiting } = end(job);
      if (waiting !== undefined) pending.set(job.key, { ...waiting, nextAt: retryAt });
    },
    /** No call of any record can be made: as if this one was never taken, and nothing is due for a while. */
    hold(job: Job, { last, hung, waitMs }: Pick<JobResult, 'last' | 'hung' | 'waitMs'>, now: number): void {
      const { waiting } = end(job);
      if (waiting !== undefined) pending.set(job.key, waiting);
      [lastDelivery, isHanging] = [last, hung];
      held = { until: now + waitMs, times: held.times + 1 };
      heldSince ??= now;
    },
    /** A reset was taken at an address: everything up to its place is told there. */
    noteTaken(reset: NonNullable<EndpointState['takenReset']>): void {
      takenReset = reset;
    },
    /** The clock was turned: no wait is longer than it was meant to be. */
    rebase(now: number, turnedMs: number): void {
      const bound = boundWaits(toState(), { now, turnedMs });
      ({ quietUntil, failingSince, heldSince = null } = bound);
      held = { ...held, until: Math.min(held.until, now + maxHeldMs) };
      pending.replace(Object.entries(bound.pending));
    },
    toState,
  };
}

/** The queue of one endpoint. */
export type DeliveryQueue = ReturnType<typeof createDeliveryQueue>;
