import { renameSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogEntry } from '../../log/entry.ts';
import type { OpenAppendFile } from './appendFile.ts';
import { hasErrorCode, syncFolder } from './durableFile.ts';
import { GroupFile } from './groupFile.ts';
import { segmentName } from './readSegments.ts';
import { SegmentIndex, countUpTo, type EntryPlace } from './segmentIndex.ts';
import { shortenedPath, type ShortenedPlace, type ShortenTask } from './shortenSegments.ts';
import type { StoreHealth } from './storeHealth.ts';

/** What the files of a log are opened with: what the replay found. */
export interface LogFilesOptions {
  readonly folder: string;
  readonly segments: readonly SegmentIndex[];
  /** Good bytes of the last file. */
  readonly lastSize: number;
  readonly head: number;
  readonly owner: string;
  readonly health: StoreHealth;
  readonly openFile: OpenAppendFile;
  readonly maxSegmentBytes: number;
}

/** An entry and the line it is stored as. */
export interface EntryLine {
  readonly entry: LogEntry;
  readonly line: string;
}

/** The files of the log: appends groups to the last one, begins a new one when it is full, reads entries back. */
export class LogFiles {
  readonly #options: LogFilesOptions;
  readonly #segments: SegmentIndex[];
  #current: GroupFile | null = null;
  #head: number;

  constructor(options: LogFilesOptions) {
    this.#options = options;
    this.#segments = [...options.segments];
    this.#head = options.head;
  }

  /** Oldest first; the last one is being written. */
  get segments(): readonly SegmentIndex[] {
    return this.#segments;
  }

  get head(): number {
    return this.#head;
  }

  /** Opens the last file and cuts what a crash left at its end. */
  async open(): Promise<void> {
    const last = this.#segments.at(-1);
    if (last !== undefined) this.#current = await this.#openFile(last.path, this.#options.lastSize);
  }

  /**
   * Stores entries as one group; they are durable when it resolves.
   *
   * Errors  STORE_UNAVAILABLE: none of them is kept
   */
  async append(lines: readonly EntryLine[]): Promise<void> {
    const file = await this.#fileFor((lines[0] as EntryLine).entry.seq);
    let offset = await file.append(
      lines.map(({ line }) => line),
      this.#head,
    );
    const segment = this.#segments.at(-1) as SegmentIndex;
    for (const { entry, line } of lines) {
      const length = Buffer.byteLength(line);
      segment.add(entry, offset, length);
      offset += length + 1;
      this.#head = entry.seq;
    }
  }

  /** Entries after a place, read from the files; those of a file that was dropped meanwhile are left out. */
  async readAfter(seq: number, limit: number): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for (const segment of [...this.#segments]) {
      if (entries.length >= limit) break;
      if (segment.last <= seq) continue;
      const wanted = limit - entries.length;
      entries.push(...(await this.#readPlaces(segment, (current) => current.placesAfter(seq, wanted))));
    }
    return entries;
  }

  /** The entry at exactly this place; null when it is not kept. */
  async readOne(seq: number): Promise<LogEntry | null> {
    const index = countUpTo(
      this.#segments.map(({ last }) => last),
      seq - 1,
    );
    const segment = this.#segments[index];
    if (segment === undefined) return null;
    const places = (current: SegmentIndex) => current.placesAfter(seq - 1, 1).filter((place) => place.seq === seq);
    return (await this.#readPlaces(segment, places))[0] ?? null;
  }

  /** Removes whole files of which nothing is needed any more; never the one that is being written. */
  async drop(canDrop: (segment: SegmentIndex) => boolean): Promise<readonly SegmentIndex[]> {
    const dropped = this.#segments.slice(0, -1).filter(canDrop);
    for (const segment of dropped) {
      // Out of the list before the file goes, so that nobody is sent to a file that is gone.
      this.#segments.splice(this.#segments.indexOf(segment), 1);
      await rm(segment.path, { force: true });
    }
    if (dropped.length > 0) await syncFolder(this.#options.folder);
    return dropped;
  }

  /**
   * Replaces files by shorter ones of the same name; never the one that is being written.
   *
   * Shape   `write` writes the shorter files beside the old ones and says where their entries stand
   * Errors  those of `write`; the files are as they were then
   */
  async shorten(
    canShorten: (segment: SegmentIndex) => boolean,
    write: (tasks: readonly ShortenTask[]) => Promise<readonly (readonly ShortenedPlace[])[]>,
  ): Promise<void> {
    const { owner, folder } = this.#options;
    const segments = this.#segments.slice(0, -1).filter(canShorten);
    if (segments.length === 0) return;
    const written = await write(segments.map(({ path, after }) => ({ path, after, owner })));
    for (const [index, segment] of segments.entries()) {
      const shorter = new SegmentIndex(segment.path, segment.after);
      for (const { entry, offset, length } of written[index] ?? []) shorter.add(entry, offset, length);
      // Both in one turn: who opened the file before has the old one and its index, who opens it later has both new.
      renameSync(shortenedPath(segment.path), segment.path);
      this.#segments.splice(this.#segments.indexOf(segment), 1, shorter);
    }
    await syncFolder(folder);
  }

  async close(): Promise<void> {
    await this.#current?.close();
    this.#current = null;
  }

  async #fileFor(firstSeq: number): Promise<GroupFile> {
    this.#options.health.throwIfFailed();
    if (this.#current !== null && this.#current.size < this.#options.maxSegmentBytes) return this.#current;
    const path = join(this.#options.folder, segmentName(firstSeq));
    const next = await this.#openFile(path, 0);
    // Without it a power loss may forget the name of a file in which saves were acknowledged.
    await syncFolder(dirname(path));
    await this.#current?.close();
    this.#segments.push(new SegmentIndex(path, this.#head));
    this.#current = next;
    return next;
  }

  #openFile(path: string, size: number): Promise<GroupFile> {
    const { owner, health, openFile } = this.#options;
    return GroupFile.open({ path, size, owner, health, openFile });
  }

  async #readPlaces(
    segment: SegmentIndex,
    pick: (current: SegmentIndex) => readonly EntryPlace[],
  ): Promise<LogEntry[]> {
    const places = pick(segment);
    const first = places[0];
    const last = places.at(-1);
    if (first === undefined || last === undefined) return [];
    try {
      const file = await open(segment.path, 'r');
      try {
        const current = this.#segments.find(({ path }) => path === segment.path);
        if (current !== segment) return current === undefined ? [] : await this.#readPlaces(current, pick);
        const bytes = Buffer.alloc(last.offset + last.length - first.offset);
        await file.read(bytes, 0, bytes.length, first.offset);
        return places.map(({ offset, length }) => {
          const start = offset - first.offset;
          return JSON.parse(bytes.toString('utf8', start, start + length)) as LogEntry;
        });
      } finally {
        await file.close();
      }
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT') && !this.#segments.includes(segment)) return [];
      throw error;
    }
  }
}
