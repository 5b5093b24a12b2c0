import type { Call } from './call.ts';

/** The calls that one endpoint is being made, by the record that they are about. */
export class CallsUnderWay<Result> {
  readonly #calls = new Map<Call, { readonly key: string; readonly running: Promise<Result> }>();
  readonly #onEnded: () => void;

  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Knows a call until it has ended; gives its outcome back. */
  add(key: string, call: Call, running: Promise<Result>): Promise<Result> {
    this.#calls.set(call, { key, running });
    const end = (): void => {
      this.#calls.delete(call);
      this.#onEnded();
    };
    running.then(end, end);
    return running;
  }

  /** The call about a record. */
  find(key: string): Promise<Result> | undefined {
    for (const one of this.#calls.values()) if (one.key === key) return one.running;
    return undefined;
  }

  /** Ends all of them. */
  abort(): void {
    for (const call of this.#calls.keys()) call.end('stopped');
  }

  /** Resolves when those that are being made have ended by themselves. */
  async drained(): Promise<void> {
    await Promise.all([...this.#calls.values()].map(({ running }) => running));
  }
}
