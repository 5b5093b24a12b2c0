import type { GatheredWrites, Writer } from './gatheredWrites.ts';
import type { StateKeeper } from './stateKeeper.ts';

/** What writing needs. */
export interface StateWriterOptions {
  readonly keeper: StateKeeper;
  readonly gathered: GatheredWrites;
  readonly onError: (error: unknown) => void;
  /** A write ended. */
  readonly onProgress: () => void;
  /** The state is not ours to write any more: somebody else wrote it. */
  readonly onSuperseded: () => void;
}

/** Writes the state of one endpoint, and knows what of it is durable: a call for what is durable waits for no write. */
export class StateWriter implements Writer {
  readonly #options: StateWriterOptions;
  #writing = 0;
  #isDue = false;
  // Counted.
  #noted = 1;
  #durable = 0;

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  /** True when everything that was noted is durable. */
  get isDurable(): boolean {
    return this.#durable >= this.#noted;
  }

  get isDue(): boolean {
    return this.#isDue;
  }

  /** True while a write runs or is due. */
  get isBusy(): boolean {
    return this.#writing > 0 || this.#isDue;
  }

  /** Something to tell was added: no call for it before it is durable. */
  note(): void {
    this.#noted += 1;
  }

  /** Writes what was noted so far; false when nothing may be built on it. */
  async makeDurable(): Promise<boolean> {
    const { keeper, onProgress, onSuperseded } = this.#options;
    // A flush without a mark says nothing of what was noted since the last one.
    keeper.mark();
    this.#writing += 1;
    this.#isDue = false;
    const noted = this.#noted;
    try {
      const isWritten = await keeper.flush();
      if (isWritten) this.#durable = Math.max(this.#durable, noted);
      else onSuperseded();
      return isWritten;
    } finally {
      this.#writing -= 1;
      onProgress();
    }
  }

  /** Writes at once, and waits for nothing. */
  write(): void {
    this.makeDurable().catch(this.#options.onError);
  }

  /** Writes within a moment, together with others. */
  writeSoon(): void {
    this.#options.keeper.mark();
    this.#isDue = true;
    this.#options.gathered.add(this);
  }

  /** The last write; later ones are not made. */
  async stop(isChanged: boolean): Promise<void> {
    this.#isDue = false;
    if (isChanged) this.#options.keeper.mark();
    await this.#options.keeper.flush();
  }
}
