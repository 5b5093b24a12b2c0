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

  constructor(onWarning: (message: string) => void) {
    this.#onWarning = onWarning;
  }

  /** Why nothing can be written any more; null while all is well. */
  get failure(): SyncError | null {
    return this.#failure;
  }

  /** Ends all writing; the first reason stays. */
  fail(detail: string, cause?: unknown): SyncError {
    if (this.#failure === null) {
      this.#failure = new SyncError('STORE_UNAVAILABLE', detail, { cause });
      this.#onWarning(cause === undefined ? detail : `${detail} Cause: ${String(cause)}`);
    }
    return this.#failure;
  }

  /** Ends all writing because the store is closed, which is no failure to warn of. */
  close(): void {
    this.#failure ??= new SyncError('STORE_UNAVAILABLE', 'The store is closed; open it again to save.');
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
