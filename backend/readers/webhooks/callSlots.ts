import { Call } from './call.ts';
import { createDeadlines } from './deadlines.ts';
import { createDueTimes } from './dueTimes.ts';
import type { Timers } from './timers.ts';

/** Somebody who makes calls when they are due. */
export interface Caller {
  /** True when the last call failed: it is then called once at a time, among those that fail too. */
  readonly isFailing: boolean;
  /** True when that call took longer than `slowAfterMs`: it is then called among those that hang. */
  readonly isHanging: boolean;
  /** Calls that are being made. */
  readonly underWay: number;
  /** When the next call is due, in milliseconds since 1970; null when nothing waits. */
  nextDueAt(): number | null;
  /** Begins one call that is due; null when there is none. Never rejects. It is ended as `cut` when it took a place for too long. */
  begin(call: Call): Promise<unknown> | null;
}

/**
 * Calls of a process at once.
 *
 * Receivers that fail share a part of their own, those that hang another one, and a call that waits leaves its place to
 * others: what hangs takes nothing from what works, nor from what answered with an error.
 */
export const callLimits = {
  /** To receivers that work, to those whose last call failed at once, and to those whose last call hung. */
  healthy: 192,
  failing: 32,
  hanging: 64,
  /** To one receiver that works. */
  perEndpoint: 4,
  /** A call of the first two that takes longer, in milliseconds, gives its place back and waits beside … */
  slowAfterMs: 1_000,
  /** … with at most so many; beyond that the one that waits longest is ended. */
  slow: 1_024,
} as const;

/** Gives out places. */
export interface CallSlots {
  /** Says that something about a caller changed: it gets a place now, or when its next call is due. */
  offer(caller: Caller): void;
  /** Forgets when calls are due: the clock was turned, and who still has one is offered again. */
  forgetTimes(): void;
  /** Calls that are being made, and those that wait beside. */
  readonly inUse: { readonly [Name in 'healthy' | 'failing' | 'hanging' | 'slow']: number };
}

/** A part of the places. */
interface Lane {
  readonly waiting: Set<Caller>;
  used: number;
  readonly max: number;
}

/** A call, and where it has its place. */
interface Held {
  readonly call: Call;
  readonly lane: Lane;
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
    hanging: { waiting: new Set<Caller>(), used: 0, max: limits.hanging },
  };
  const slow = new Set<Call>();
  const deadlines = createDeadlines<Held>({ timers, now, afterMs: limits.slowAfterMs, onOver: step });
  const dueTimes = createDueTimes<Caller>({ timers, now, onDue: offer });
  let isPumping = false;

  const laneOf = (caller: Caller) =>
    caller.isFailing ? (caller.isHanging ? lanes.hanging : lanes.failing) : lanes.healthy;

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
    for (const lane of [lanes.healthy, lanes.failing, lanes.hanging]) {
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

  function start(caller: Caller, lane: Lane): void {
    const call = new Call();
    const running = caller.begin(call);
    if (running === null) return;
    lane.used += 1;
    const held = { call, lane };
    const group = lane === lanes.hanging ? null : deadlines.add(held);
    const end = (): void => {
      if (group) deadlines.remove(group, held);
      if (!slow.delete(call)) lane.used -= 1;
      offer(caller);
      pump();
    };
    running.then(end, end);
    // Its next call stands at the end of the line.
    offer(caller);
  }

  function step({ call, lane }: Held): void {
    lane.used -= 1;
    slow.add(call);
    const [longest] = slow;
    if (slow.size > limits.slow) longest?.end('cut');
    pump();
  }

  return {
    offer,
    forgetTimes: () => dueTimes.clear(),
    get inUse() {
      const { healthy, failing, hanging } = lanes;
      return { healthy: healthy.used, failing: failing.used, hanging: hanging.used, slow: slow.size };
    },
  };
}
