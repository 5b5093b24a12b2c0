import type { Timers } from './timers.ts';

/** What the clock is watched with. */
export interface WatchClockOptions {
  readonly timers: Timers;
  /** Milliseconds since 1970, by a clock that somebody may turn. */
  readonly now: () => number;
  /** Milliseconds since some moment, by one that nobody turns. */
  readonly steadyNow: () => number;
  readonly signal: AbortSignal;
  /** The clock was turned by so many milliseconds: below 0 it was set back. A machine that slept is told as turned forward. */
  readonly onTurned: (byMs: number) => void;
}

/** How often the two clocks are compared, in milliseconds. */
const lookEveryMs = 5_000;
/** What a clock that is slowly put right may differ between two looks, in milliseconds. */
const slackMs = 1_000;

/** Says when the clock of the machine was turned, until the signal ends it. */
export function watchClock({ timers, now, steadyNow, signal, onTurned }: WatchClockOptions): void {
  let apart = now() - steadyNow();
  let cancel = timers.after(lookEveryMs, look);

  function look(): void {
    cancel = timers.after(lookEveryMs, look);
    const before = apart;
    apart = now() - steadyNow();
    if (Math.abs(apart - before) > slackMs) onTurned(apart - before);
  }

  signal.addEventListener('abort', () => cancel(), { once: true });
}
