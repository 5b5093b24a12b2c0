import { SyncError } from '../../../shared/problem.ts';
import type { AppendFile, OpenAppendFile } from './appendFile.ts';
import { encodeGroup } from './groupFormat.ts';
import type { StoreHealth } from './storeHealth.ts';

/** What a group file is opened with. */
export interface GroupFileOptions {
  readonly path: string;
  /** The size that is known to be whole; the file is cut to it. */
  readonly size: number;
  readonly owner: string;
  readonly health: StoreHealth;
  readonly openFile: OpenAppendFile;
}

/**
 * The end of a file of groups: one group is written and synced at a time.
 *
 * ```
 *            write ok              sync ok
 *  ready ───────────► written ───────────────► ready (longer)
 *    │                   └─ sync failed ─────► failed for good (store health)
 *    └─ write failed ──► torn ── truncated ──► ready (as long as before)
 * ```
 * Invariant  nothing is written behind torn bytes: they would become damage in the middle, which stops the next start
 */
export class GroupFile {
  readonly path: string;
  readonly #owner: string;
  readonly #health: StoreHealth;
  readonly #file: AppendFile;
  #size: number;
  #isTorn = false;

  static async open(options: GroupFileOptions): Promise<GroupFile> {
    const file = await options.openFile(options.path);
    try {
      if ((await file.size()) > options.size) await cut(file, options.size);
      return new GroupFile(file, options);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: AppendFile, options: GroupFileOptions) {
    this.path = options.path;
    this.#owner = options.owner;
    this.#health = options.health;
    this.#file = file;
    this.#size = options.size;
  }

  /** How many bytes are durable. */
  get size(): number {
    return this.#size;
  }

  /**
   * Writes a group and makes it durable; resolves with the offset of its first line.
   *
   * Errors  STORE_UNAVAILABLE: nothing of the group is kept; a later one may succeed unless the store failed for good
   */
  async append(lines: readonly string[], after: number): Promise<number> {
    this.#health.throwIfFailed();
    const bytes = encodeGroup(lines, { owner: this.#owner, after });
    try {
      if (this.#isTorn) await this.#cut();
      await this.#refuseForeignWriter();
      await this.#file.write(bytes, this.#size);
    } catch (error) {
      if (this.#health.failure !== null) throw this.#health.failure;
      this.#isTorn = true;
      await this.#cut().catch(() => {
        // It stays torn, and is cut before the next group.
      });
      throw this.#health.refuse(this.path, error);
    }
    try {
      await this.#file.sync();
    } catch (error) {
      // What was refused should not come back with the next start; it is a try, as this disk does not do what it is told.
      const isCut = await cut(this.#file, this.#size).then(
        () => true,
        () => false,
      );
      const failure = this.#health.fail(
        `Syncing ${this.path} failed, so what is on the disk is not certain. Nothing is saved until the process starts again; check the disk first.`,
        error,
      );
      throw isCut ? failure : unconfirmed(failure);
    }
    this.#health.noteWritten();
    const bodyOffset = this.#size + bytes.indexOf(0x0a) + 1;
    this.#size += bytes.length;
    return bodyOffset;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #cut(): Promise<void> {
    await cut(this.#file, this.#size);
    this.#isTorn = false;
  }

  /** A process that was stopped for so long that another one took the folder over has to notice it before it writes. */
  async #refuseForeignWriter(): Promise<void> {
    const size = await this.#file.size();
    if (size === this.#size) return;
    this.#health.fail(
      `${this.path} has ${size} bytes where ${this.#size} were expected: another process writes to this folder. Nothing is saved here any more; stop one of the two.`,
    );
    this.#health.throwIfFailed();
  }
}

/** Durable before anything is written there: a power failure would mix old bytes with new ones, which no longer looks like a torn end. */
async function cut(file: AppendFile, size: number): Promise<void> {
  await file.truncate(size);
  await file.sync();
}

/** The bytes stand there and nobody confirmed them: the next start may find them or not. */
function unconfirmed(cause: SyncError): SyncError {
  return new SyncError(
    'STORE_UNAVAILABLE',
    'The disk did not confirm the write: whether it is stored is open until the server is started again. Then send it again with the same `Idempotency-Key`; it is stored once.',
    { cause },
  );
}
