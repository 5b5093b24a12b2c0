import type { ChangeLog, LogPage } from '../../log/changeLog.ts';
import type { ChangeEntry, LogEntry } from '../../log/entry.ts';
import { SyncError } from '../../../shared/problem.ts';
import { EntryTail } from './entryTail.ts';
import type { EntryLine, LogFiles } from './logFiles.ts';
import type { SegmentIndex } from './segmentIndex.ts';
import type { ShortenedPlace, ShortenTask } from './shortenSegments.ts';
import type { VersionIndex } from './versionIndex.ts';

/** The log of the embedded store: the newest entries from memory, older ones from the files. */
export class LowdbLog implements ChangeLog {
  epoch: string;
  readonly #files: LogFiles;
  readonly #versions: VersionIndex;
  readonly #tail: EntryTail;
  readonly #listeners = new Set<() => void>();
  #floor: number;

  constructor(options: {
    readonly epoch: string;
    readonly files: LogFiles;
    readonly versions: VersionIndex;
    readonly floor: number;
    readonly tailBytes: number;
  }) {
    this.epoch = options.epoch;
    this.#files = options.files;
    this.#versions = options.versions;
    this.#floor = options.floor;
    this.#tail = new EntryTail(options.tailBytes, options.files.head);
  }

  head(): number {
    return this.#files.head;
  }

  async read(after: number, limit = 256): Promise<LogPage> {
    const { head } = this.#files;
    const entries = this.#tail.readAfter(after, limit) ?? (await this.#readFiles(Math.max(after, this.#floor), limit));
    // The floor of now: if it passed `after` while files were read, the page has a gap and says so.
    return { entries: entries.filter(({ seq }) => seq <= head), head, floor: this.#floor };
  }

  async history(
    resource: string,
    id: string,
    options: { limit: number; beforeVersion?: number },
  ): Promise<readonly ChangeEntry[]> {
    const changes: ChangeEntry[] = [];
    for (const seq of this.#versions.newest(resource, id, options.limit, options.beforeVersion)) {
      const entry = await this.#readOne(seq);
      if (entry?.kind === 'change') changes.push(entry);
    }
    return changes;
  }

  async version(resource: string, id: string, version: number): Promise<ChangeEntry | null> {
    const seq = this.#versions.find(resource, id, version);
    const entry = seq === null ? null : await this.#readOne(seq);
    return entry?.kind === 'change' ? entry : null;
  }

  async placeAt(time: number): Promise<number> {
    const segment = this.#files.segments.findLast(({ firstAt }) => firstAt <= time);
    return Math.max(this.#floor, segment?.placeAt(time)?.seq ?? this.#floor);
  }

  onAppend(listener: () => void): () => void {
    // A wrapper, so that the same function given twice is two listeners and ends once each.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Stores entries; readers hear of them when they are durable and not before. */
  async append(lines: readonly EntryLine[]): Promise<void> {
    await this.#files.append(lines);
    for (const { entry, line } of lines) {
      this.#versions.add(entry);
      this.#tail.add(entry, line.length);
    }
  }

  /** Tells the listeners that there is something to read. */
  announce(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Lets go of whole files that nobody needs, and raises the floor over them. */
  async drop(canDrop: (segment: SegmentIndex) => boolean): Promise<void> {
    for (const segment of await this.#files.drop(canDrop)) {
      this.#floor = Math.max(this.#floor, segment.last);
      this.#versions.remove(segment.after + 1, segment.last);
    }
  }

  /** Lets go of the messages of whole files; the floor stays, because no change goes. */
  shorten(
    canShorten: (segment: SegmentIndex) => boolean,
    write: (tasks: readonly ShortenTask[]) => Promise<readonly (readonly ShortenedPlace[])[]>,
  ): Promise<void> {
    return this.#files.shorten(canShorten, write);
  }

  async #readFiles(after: number, limit: number): Promise<LogEntry[]> {
    try {
      return await this.#files.readAfter(after, limit);
    } catch (cause) {
      throw new SyncError('STORE_UNAVAILABLE', 'The files of the log cannot be read at the moment.', { cause });
    }
  }

  async #readOne(seq: number): Promise<LogEntry | null> {
    try {
      return this.#tail.find(seq) ?? (await this.#files.readOne(seq));
    } catch (cause) {
      throw new SyncError('STORE_UNAVAILABLE', 'The files of the log cannot be read at the moment.', { cause });
    }
  }
}
