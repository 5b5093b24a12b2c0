/** Why a call was ended: everything stops, it took a place for too long, or its time was over. */
export type CallEnd = 'stopped' | 'cut' | 'timeout';

/** One call from its beginning to its outcome, and the way to end it: what an `AbortController` does, for a tenth of its cost. */
export class Call {
  /** Told once, when it is ended; whoever waits for the outcome sets it. */
  onEnd: (() => void) | null = null;
  #ended: CallEnd | null = null;

  /** Null while nobody ended it. */
  get ended(): CallEnd | null {
    return this.#ended;
  }

  /** The first reason counts. */
  end(reason: CallEnd): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.onEnd?.();
  }
}
