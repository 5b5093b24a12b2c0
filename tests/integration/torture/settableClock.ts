/** The clock of the machine as this process sees it, with hands that can be turned; timers go on as they did, as they do then. */
export interface SettableClock {
  turn(ms: number): void;
  /** Gives the machine's own clock back. */
  restore(): void;
}

/** Puts one in place of the machine's; what takes `Date.now` from here on has this one. */
export function useSettableClock(): SettableClock {
  const RealDate = Date;
  let turned = 0;
  class TurnedDate extends RealDate {
    constructor(...given: [] | ConstructorParameters<typeof RealDate>) {
      if (given.length === 0) super(RealDate.now() + turned);
      else super(...given);
    }
    static override now(): number {
      return RealDate.now() + turned;
    }
  }
  globalThis.Date = TurnedDate as DateConstructor;
  return {
    turn: (ms) => void (turned += ms),
    restore: () => void (globalThis.Date = RealDate),
  };
}
