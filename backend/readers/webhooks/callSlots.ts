import { createDueTimes } from './dueTimes.ts';
import type { Timers } from './timers.ts';

/** Somebody who makes calls when they are due. */
export interface Caller {
  /** True when the last call failed: it is then called once at a time, among those that fail too. */
  readonly isFailing: boolean;
  /** Calls that are being made. */
  readonly underWay: number;
  /** When the next call is due, in milliseconds since 1970; null when nothing waits. */
  nextDueAt(): number | null;
  /** Begins one call that is due; null when there is none. Never rejects. The controller ends it: `cut` when it took a place for too long. */
  begin(call: AbortController): Promise<unknown> | null;
}

/**
 * Calls of a process at once.
 *
 * Receivers that fail share a part of their own, and a call that waits leaves its place to others: what hangs takes nothing
 * from what works.
 */
export const callLimits = {
  /** To receivers that work, and to those whose last call failed. */
  healthy: 192,
  failing: 64,
  /** To one receiver that works. */
  perEndpoint: 4,
  /** A call to a working receiver that takes longer, in milliseconds, gives its place back and waits beside … */
  slowAfterMs: 1_000,
  /** … with at most so many; beyond that the one that waits longest is ended. */
  slow: 1_024,
} as const;

/** Gives out places. */
export interface CallSlots {
  /** Says that something about a caller changed: it gets a place now, or when its next call is due. */
  offer(caller: Caller): void;
  /** Calls that are being made, and those that wait beside. */
  readonly inUse: { readonly healthy: number; readonly failing: number; readonly slow: number };
}

/**
 * Creates the places of a process. Callers with something due stand in a line, and after one call go to its end: however much
 * one of them has to tell, the next one's turn comes.
 */
export function createCallSlots({
  timers,
  now,
  limits = callLimits,
}: {
  readonly timers: Timers;
  readonly now: () => number;
  readonly limits?: { readonly [Name in keyof typeof callLimits]: number };
}): CallSlots {
  // Sets: in the order of coming, and nobody twice.
  const lanes = {
    healthy: { waiting: new Set<Caller>(), used: 0, max: limits.healthy },
    failing: { waiting: new Set<Caller>(), used: 0, max: limits.failing },
  };
  const slow = new Set<AbortController>();
  const dueTimes = createDueTimes<Caller>({ timers, now, onDue: offer });
  let isPumping = false;

  const laneOf = (caller: Caller) => (caller.isFailing ? lanes.failing : lanes.healthy);

  function offer(caller: Caller): void {
    if (caller.underWay >= (caller.isFailing ? 1 : limits.perEndpoint)) return;
    const dueAt = caller.nextDueAt();
    if (dueAt === null) return;
    if (dueAt > now()) return dueTimes.set(caller, dueAt);
    laneOf(caller).waiting.add(caller);
    pump();
  }

  function pump(): void {
    // A call may begin another one before it waits for anything.
    if (isPumping) return;
    isPumping = true;
    for (const lane of [lanes.healthy, lanes.failing]) {
      while (lane.used < lane.max) {
        const [caller] = lane.waiting;
        if (caller === undefined) break;
        lane.waiting.delete(caller);
        if (laneOf(caller) === lane) start(caller, lane);
        else laneOf(caller).waiting.add(caller);
      }
    }
    isPumping = false;
  }

  function start(caller: Caller, lane: (typeof lanes)['healthy']): void {
    const call = new AbortController();
    const running = caller.begin(call);
    if (running === null) return;
    lane.used += 1;
    const cancel = lane === lanes.healthy ? timers.after(limits.slowAfterMs, step) : () => undefined;
    const end = (): void => {
      cancel();
      if (!slow.delete(call)) lane.used -= 1;
      offer(caller);
      pump();
    };
    running.then(end, end);
    // Its next call stands at the end of the line.
    offer(caller);

    function step(): void {
      lane.used -= 1;
      slow.add(call);
      const [longest] = slow;
      if (slow.size > limits.slow) longest?.abort('cut');
      pump();
    }
  }

  return {
    offer,
    get inUse() {
      return { healthy: lanes.healthy.used, failing: lanes.failing.used, slow: slow.size };
    },
  };
}
