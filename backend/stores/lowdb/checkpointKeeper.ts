import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { keyLifetimeMs } from '../keyLifetime.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { LowdbStoreOptions } from './lowdbOptions.ts';
import type { OpenedFolder } from './openFolder.ts';
import { runCheckpoint, runShortening } from './runCheckpoint.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** Writes `db.json` behind the saves, and lets go of what the log no longer needs after each time. */
export class CheckpointKeeper {
  readonly #options: Required<LowdbStoreOptions>;
  readonly #folder: OpenedFolder;
  #seq: number;
  #head: number;
  #newerBytes: number;
  /** The size of the last checkpoint; 0 until one was written here. */
  #checkpointBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: Required<LowdbStoreOptions>, folder: OpenedFolder) {
    this.#options = options;
    this.#folder = folder;
    this.#seq = folder.checkpointSeq;
    this.#head = folder.files.head;
    this.#newerBytes = folder.newerBytes;
    this.#plan();
  }

  /** Counts what was appended; costs a save nothing but this call. */
  noteAppend(bytes: number, head: number): void {
    this.#newerBytes += bytes;
    this.#head = head;
    this.#plan();
  }

  /** Waits for a checkpoint that is being made; writes the last one when the log ends in order. */
  async close(writeLast: boolean): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
    if (!writeLast || this.#seq === this.#head) return;
    try {
      // In this thread: nobody is served any more, so nobody waits for it.
      await writeCheckpoint(this.#options.folder, { seq: this.#head, records: this.#folder.records.listAll() });
    } catch (error) {
      this.#warn(error);
    }
  }

  #plan(): void {
    if (this.#isClosed || this.#running !== null || this.#seq === this.#head) return;
    // At least as much log as the checkpoint is large: else the more records there are, the more each save would cost.
    if (this.#newerBytes >= Math.max(this.#options.checkpointAfterBytes, this.#checkpointBytes)) {
      this.#start();
      return;
    }
    this.#timer ??= setTimeout(() => this.#start(), this.#options.checkpointAfterMs).unref();
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running ??= this.#make().finally(() => {
      this.#running = null;
      this.#plan();
    });
  }

  async #make(): Promise<void> {
    const upTo = this.#head;
    this.#newerBytes = 0;
    try {
      await runCheckpoint({ folder: this.#options.folder, upTo });
      this.#seq = upTo;
      this.#checkpointBytes = (await stat(join(this.#options.folder, 'db.json'))).size;
      await this.#dropOld();
    } catch (error) {
      // The log has everything, so nothing is lost; the next start takes longer, and it is tried again after more saves.
      this.#warn(error);
    }
  }

  async #dropOld(): Promise<void> {
    const { now, retentionDays, keptVersions } = this.#options;
    const time = now();
    await this.#folder.log.drop(
      (segment) =>
        segment.last <= this.#seq &&
        segment.lastAt < time - retentionDays * dayMs &&
        segment.lastKeyAt < time - keyLifetimeMs &&
        !this.#folder.versions.hasNewest(segment.after + 1, segment.last, keptVersions),
    );
    this.#folder.keys.removeOld(time);
    // Once in the life of a file, when its last message is too old: what a chatty room said does not stay with the changes.
    const oldest = time - this.#options.messageRetentionHours * hourMs;
    await this.#folder.log.shorten(
      ({ lastMessageAt }) => lastMessageAt > 0 && lastMessageAt < oldest,
      (tasks) => runShortening(tasks),
    );
  }

  #warn(error: unknown): void {
    this.#options.onWarning(
      `db.json could not be written, or old entries could not be removed; the log has everything. ${String(error)}`,
    );
  }
}
