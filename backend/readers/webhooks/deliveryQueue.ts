import type { LogPosition } from '../../../shared/cursor.ts';
import { DueHeap } from './dueHeap.ts';
import type { EndpointState, LastDelivery, PendingDelivery } from './endpointState.ts';
import { minWaitMs } from './retrySchedule.ts';

/** A call to make now, with what it was taken from. */
export interface Job {
  readonly key: string;
  readonly item: PendingDelivery;
}

/** How a call ended, and how long to wait if it has to be made again. */
export interface JobResult {
  readonly delivered: boolean;
  readonly last: LastDelivery;
  readonly waitMs: number;
  /** True when the receiver itself asked to wait: then for every record. */
  readonly quiet: boolean;
}

/** The key of the pending reset; every other key has a slash in it. */
const resetKey = 'reset';
/** Records that may wait for one endpoint. Beyond it the receiver loads everything once instead: the state is one value. */
const maxPending = 1_000;
/** An endpoint that failed for less than this did not recover: it refuses one record and takes others. */
const outageMs = 60_000;

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
  const pending = new Map<string, PendingDelivery>(Object.entries(initial.pending));
  const underWay = new Map<string, UnderWay>();
  // Every item that waits is in it; one that is no longer the item of its key, or is under way, is passed over.
  const due = new DueHeap<Job>();
  let { quietUntil, failingSince, lastDelivery, orders } = initial;

  function wait(key: string, item: PendingDelivery): void {
    pending.set(key, item);
    due.push(item.nextAt, { key, item });
    if (due.size > 2 * pending.size + 64) refill();
  }

  function refill(): void {
    due.clear();
    for (const [key, item] of pending) due.push(item.nextAt, { key, item });
  }

  /** What waits for the earliest moment. */
  function earliest(): Job | null {
    for (let first = due.first(); first !== undefined; first = due.first()) {
      const { key, item } = first.value;
      if (pending.get(key) === item && !underWay.has(key)) return first.value;
      due.pop();
    }
    return null;
  }

  function hurry(now: number): void {
    for (const [key, item] of pending) pending.set(key, { ...item, nextAt: Math.min(item.nextAt, now) });
    refill();
  }

  function noteReset(to: LogPosition, reason: NonNullable<PendingDelivery['reset']>['reason'], now: number): void {
    cursor = to;
    pending.clear();
    for (const call of underWay.values()) call.isVoid = true;
    wait(resetKey, { from: to.seq, to: to.seq, attempt: 0, nextAt: now, reset: { reason, at: now } });
  }

  function end(job: Job): { readonly waiting: PendingDelivery | undefined; readonly newerFrom: number | null } {
    const call = underWay.get(job.key);
    underWay.delete(job.key);
    // What came for the record after everything was forgotten was passed over as long as this call went on.
    const item = call?.isVoid ? pending.get(job.key) : undefined;
    if (item !== undefined) wait(job.key, item);
    return { waiting: call?.isVoid ? undefined : pending.get(job.key), newerFrom: call?.newerFrom ?? null };
  }

  refill();

  return {
    get cursor(): LogPosition {
      return cursor;
    },
    get failingSince(): number | null {
      return failingSince;
    },
    get lastDelivery(): LastDelivery | null {
      return lastDelivery;
    },
    get quietUntil(): number {
      return quietUntil;
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
    find(key: string): PendingDelivery | undefined {
      return pending.get(key);
    },
    isUnderWay(key: string): boolean {
      return underWay.has(key);
    },
    /** An entry that this endpoint is not told of. */
    advance(to: LogPosition): void {
      cursor = to;
    },
    /** A change to tell; returns when it is due. When too many records wait, one reset takes the place of all of them. */
    note(to: LogPosition, key: string, version: number, now: number): number {
      const waiting = pending.get(key);
      if (waiting === undefined && pending.size >= maxPending) {
        noteReset(to, 'overflow', now);
        return now;
      }
      cursor = to;
      const call = underWay.get(key);
      if (call && call.newerFrom === null) call.newerFrom = version;
      // Somebody who saves again is not left waiting for hours, and a receiver in trouble is not called at every key stroke.
      const nextAt = waiting === undefined ? now : Math.min(waiting.nextAt, now + minWaitMs);
      wait(key, { from: waiting?.from ?? version, to: version, attempt: waiting?.attempt ?? 0, nextAt });
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
      wait(key, { from, to, attempt: 0, nextAt: now, again: now, kind });
    },
    /** What waits is due now, also where the receiver asked to wait: somebody switched it on again. */
    makeDue(now: number): void {
      quietUntil = 0;
      hurry(now);
    },
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
      if (now < quietUntil || limit <= 0 || pending.size === 0) return [];
      const jobs: Job[] = [];
      while (jobs.length < limit) {
        const first = earliest();
        if (first === null || first.item.nextAt > now) break;
        underWay.set(first.key, { newerFrom: null, isVoid: false });
        jobs.push(first);
      }
      return jobs;
    },
    /** When the next call is due; null when nothing waits. */
    nextDueAt(): number | null {
      const first = earliest();
      return first && Math.max(first.item.nextAt, quietUntil);
    },
    finish(job: Job, result: JobResult, now: number): void {
      const { waiting, newerFrom } = end(job);
      lastDelivery = result.last;
      if (result.quiet) quietUntil = now + result.waitMs;
      const hasRecovered = result.delivered && failingSince !== null && now - failingSince >= outageMs;
      failingSince = result.delivered ? null : (failingSince ?? now);
      if (waiting !== undefined) {
        if (!result.delivered)
          wait(job.key, { ...waiting, attempt: job.item.attempt + 1, nextAt: now + result.waitMs });
        else if (newerFrom === null) pending.delete(job.key);
        else wait(job.key, { ...waiting, from: newerFrom, attempt: 0, nextAt: now });
      }
      // After an outage the records that failed in it do not sit out their long waits.
      if (hasRecovered) hurry(now);
    },
    /** Nothing to say any more: the audience does not see the record now. */
    drop(job: Job): void {
      const { waiting, newerFrom } = end(job);
      if (waiting === undefined) return;
      if (newerFrom === null) pending.delete(job.key);
      else wait(job.key, { ...waiting, from: newerFrom });
    },
    /** The call was not made, through no fault of the receiver: it is due again at `retryAt`. */
    release(job: Job, retryAt: number): void {
      const { waiting } = end(job);
      if (waiting !== undefined) wait(job.key, { ...waiting, nextAt: retryAt });
    },
    toState(): EndpointState {
      const state = { cursor, pending: Object.fromEntries(pending), quietUntil, failingSince, lastDelivery };
      return orders === undefined ? state : { ...state, orders };
    },
  };
}

/** The queue of one endpoint. */
export type DeliveryQueue = ReturnType<typeof createDeliveryQueue>;

/** A call that is being made: the first version noted since it was taken, and whether a reset has made it meaningless. */
interface UnderWay {
  newerFrom: number | null;
  isVoid: boolean;
}
