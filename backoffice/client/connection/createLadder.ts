import type { Clock } from '../clock.ts';
import type { Lane } from './createLane.ts';
import type { TransportName } from './transport.ts';

/** The lanes of a connection, the best one first, and which of them run. */
export interface Ladder {
  start(): void;
  stop(): void;
  readonly isRunning: boolean;
  /** The lane that carries the data; null while none does. */
  live(): { readonly name: TransportName; readonly lane: Lane } | null;
  /** The lane that was started last. */
  lowest(): { readonly name: TransportName; readonly lane: Lane; readonly isLast: boolean } | null;
  readonly lanes: readonly Lane[];
  /** Told by a lane. */
  onLive(lane: Lane): void;
  onFailed(lane: Lane): void;
}

/** How long a transport may be away before the next one carries the data. */
const patienceMs = 3_000;

/**
 * Lets a lesser transport carry the data while the better ones cannot, and go when they can.
 *
 *   websocket ──3 s──► + sse ──3 s──► + longPoll ──3 s──► + poll         (each better one is still tried)
 *        ▲               │                │                  │
 *        └──── live ─────┴───── live ─────┴────── live ──────┘           (those below stop)
 *
 * A lane that is live for less than five seconds did not prove itself: its three seconds go on from before.
 */
export function createLadder(
  clock: Clock,
  steps: readonly { readonly name: TransportName; readonly lane: Lane }[],
): Ladder {
  let isRunning = false;
  const patience = steps.map(() => () => {});

  const indexOf = (lane: Lane): number => steps.findIndex((step) => step.lane === lane);
  const stopFrom = (index: number): void => {
    for (const { lane } of steps.slice(index)) if (lane.isStarted) lane.stop();
    for (const stop of patience.slice(Math.max(0, index - 1))) stop();
  };
  const startAt = (index: number): void => {
    const step = steps[index];
    if (!step || step.lane.isStarted) return;
    step.lane.start();
    waitFor(index);
  };
  const waitFor = (index: number): void => {
    const lane = steps[index]?.lane;
    if (!lane?.isStarted || lane.isLive || !steps[index + 1] || steps[index + 1]?.lane.isStarted) return;
    patience[index]?.();
    patience[index] = clock.after(Math.max(0, lane.downSince + patienceMs - clock.now()), () => {
      if (isRunning && lane.isStarted && !lane.isLive) startAt(index + 1);
    });
  };

  return {
    start() {
      isRunning = true;
      startAt(0);
    },
    stop() {
      isRunning = false;
      stopFrom(0);
    },
    get isRunning() {
      return isRunning;
    },
    live: () => steps.find(({ lane }) => lane.isLive) ?? null,
    lowest() {
      const index = steps.findLastIndex(({ lane }) => lane.isStarted);
      const step = steps[index];
      return step ? { ...step, isLast: index === steps.length - 1 } : null;
    },
    lanes: steps.map(({ lane }) => lane),
    onLive: (lane) => stopFrom(indexOf(lane) + 1),
    onFailed: (lane) => waitFor(indexOf(lane)),
  };
}
