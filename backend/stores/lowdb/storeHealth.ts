import { SyncError } from '../../../shared/problem.ts';

/**
 * Whether a store may still write. Once it failed for good it stays so until the process starts again.
 *
 * Invariant  after a failed sync nobody can say what is on the disk (Linux drops the dirty pages and forgets the error), so
 *            it is never tried again: memory stays at the last durable state, reading goes on, every write is refused
 */
export class StoreHealth {
  readonly #onWarning: (message: string) => void;
  #failure: SyncError | null = null;
  #isRefusing = false;

  constructor(onWarning: (message: string) => void) {
    this.#onWarning = onWarning;
  }

  /** Why nothing can be written any more; null while all is well. */
  get failure(): SyncError | null {
    return this.#failure;
  }

  /** False after a write that was refused, until one succeeded, and after writing ended for good. */
  get isWritable(): boolean {
    return this.#failure === null && !this.#isRefusing;
  }

  /** Ends all writing; the first reason stays. It names files, so it goes to the operator, and the answer of a save has none of it. */
  fail(reason: string, cause?: unknown): SyncError {
    if (this.#failure === null) {
      this.#failure = new SyncError(
        'STORE_UNAVAILABLE',
        'The store stopped writing; nothing was saved, and nothing will be until the server is started again. Its log says why.',
        { cause: new Error(reason, { cause }) },
      );
      this.#onWarning(cause === undefined ? reason : `${reason} Cause: ${String(cause)}`);
    }
    return this.#failure;
  }

  /** A write that the disk did not take: nothing of it is kept, and the next one may work. The first one in a row is told. */
  refuse(path: string, cause: unknown): SyncError {
    const reason = `Writing to ${path} failed (${String(cause)})`;
    if (!this.#isRefusing) this.#onWarning(`${reason}. Nothing is lost; saves are refused until the disk takes them.`);
    this.#isRefusing = true;
    return new SyncError(
      'STORE_UNAVAILABLE',
      'The disk refused the write; nothing was saved. Free some space, then send it again.',
      { cause: new Error(reason, { cause }) },
    );
  }

  /** A write that is durable. */
  noteWritten(): void {
    this.#isRefusing = false;
  }

  /** Ends all writing because the store is closed, which is no failure to warn of. */
  close(): void {
    this.#failure ??= new SyncError('STORE_UNAVAILABLE', 'The store is closed; open it again to save.');
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
