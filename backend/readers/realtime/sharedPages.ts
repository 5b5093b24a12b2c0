import type { ChangeLog, LogPage } from '../../log/changeLog.ts';
import type { LogEntry } from '../../log/entry.ts';
import { entryCharacters } from './entryCharacters.ts';

/** Entries of a page: as many as a reader asks for. */
const pageSize = 256;
/** Entries of a page where 256 are too long. */
const smallSize = 8;
/** Entries that are read at most for each whose length is known by then. */
const growth = 7;
/** Characters of a page; with eight pages, all that is shared is at most eight times as much. */
const maxCharacters = 2_097_152;
/** Places whose page is known to be too long, at most: then all are asked again. */
const maxTooLong = 10_000;
/** Pages that are kept: many readers who came back at the same moment are not far from each other. */
const maxPages = 8;
/** How long a page stays that nobody wants. */
const unwantedMs = 5_000;

/** A page that is read or was read. */
interface KeptPage {
  readonly epoch: string;
  readonly page: Promise<LogPage>;
  wantedAt: number;
}

/**
 * The log for readers that catch up: what one of them read, the others get too, the entries themselves included, so that an
 * event is written once for all of them. Without it, a server that just started reads, and writes, everything once per client.
 * A page ends where the shared one does, so it may be shorter than what was asked for also before the end of the log.
 * Where 256 entries are too long to be held, eight are shared; where these are too long, each reader holds one at a time.
 *
 * Invariant  only whole pages are shared: nothing new hides behind them, and what a page had it has for ever
 */
export function createSharedPages(log: ChangeLog): ChangeLog {
  const kept = new Map<string, KeptPage>();
  const tooLong = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  function forgetUnwanted(): void {
    for (const [name, { wantedAt }] of kept) if (Date.now() - wantedAt >= unwantedMs) kept.delete(name);
    timer = kept.size === 0 ? null : setTimeout(forgetUnwanted, unwantedMs).unref();
  }

  function keep(name: string, one: KeptPage): void {
    // Put last again: the first of the map is the one that was wanted least recently.
    kept.delete(name);
    kept.set(name, one);
    one.wantedAt = Date.now();
    const [oldest] = kept.keys();
    if (kept.size > maxPages && oldest !== undefined) kept.delete(oldest);
    timer ??= setTimeout(forgetUnwanted, unwantedMs).unref();
  }

  /**
   * Entries after a place: one, whose length nobody knows, and then as many as are not too long by those before them. Where
   * they are longer all the same, what is too long is let go of: it was read, and is not held.
   */
  async function readShort(after: number, limit: number): Promise<LogPage> {
    let page = await log.read(after, 1);
    const entries = [...page.entries];
    while (entries.length < limit) {
      const place = entries.at(-1)?.seq;
      if (place === undefined || place >= page.head) break;
      const length = lengthOf(entries);
      const rest = Math.floor((maxCharacters - length) / (length / entries.length));
      const more = Math.min(limit - entries.length, entries.length * growth, rest);
      if (more <= 0) break;
      const next = await log.read(place, more);
      // Dropped in between: who goes on from here is told so by the next read.
      if (next.floor > place) break;
      page = next;
      entries.push(...next.entries);
      if (next.entries.length < more) break;
    }
    return { ...page, entries: cut(entries) };
  }

  /** Null when others have it and it is not whole, or could not be read, and when it is too long to be shared. */
  async function readShared(start: number, size: number): Promise<LogPage | null> {
    const name = nameOf(log.epoch, start, size);
    const known = kept.get(name);
    if (known?.epoch === log.epoch) {
      keep(name, known);
      const page = await known.page.catch(() => null);
      return page && isShared(page, size) && known.epoch === log.epoch ? page : null;
    }
    const own: KeptPage = { epoch: log.epoch, page: readShort(start, size), wantedAt: 0 };
    keep(name, own);
    const page = await own.page.catch((error: unknown) => {
      forget(name, own);
      throw error;
    });
    if (isShared(page, size)) return page;
    forget(name, own);
    return noteLength(name, page) ? null : page;
  }

  /** True for a page that ended because it is too long, and not the log. */
  function noteLength(name: string, { entries }: LogPage): boolean {
    if (lengthOf(entries) < maxCharacters / 2) return false;
    if (tooLong.size >= maxTooLong) tooLong.clear();
    tooLong.add(name);
    return true;
  }

  function forget(name: string, one: KeptPage): void {
    if (kept.get(name) === one) kept.delete(name);
  }

  return {
    get epoch() {
      return log.epoch;
    },
    head: () => log.head(),
    history: (...of) => log.history(...of),
    version: (...of) => log.version(...of),
    placeAt: (time) => log.placeAt(time),
    onAppend: (listener) => log.onAppend(listener),
    async read(after, limit = pageSize) {
      if (limit !== pageSize) return log.read(after, limit);
      for (const size of [pageSize, smallSize]) {
        const start = after - (after % size);
        const name = nameOf(log.epoch, start, size);
        if (tooLong.has(name)) continue;
        // Near the end the page is not whole; the newest entries are shared by the log itself.
        if (log.head() - start <= size) {
          const rest = await readShort(after, limit);
          noteLength(name, rest);
          return rest;
        }
        const page = await readShared(start, size);
        const entries = page?.entries.filter(({ seq }) => seq > after) ?? [];
        if (page && (entries.length > 0 || page.floor > after))
          return { entries, head: Math.max(page.head, log.head()), floor: page.floor };
        if (!tooLong.has(name)) return readShort(after, limit);
      }
      return log.read(after, 1);
    },
  };
}

function nameOf(epoch: string, start: number, size: number): string {
  return `${epoch}:${size}:${start}`;
}

function isShared({ entries }: LogPage, size: number): boolean {
  return entries.length === size && lengthOf(entries) <= maxCharacters;
}

/** As many of the first entries as are not too long together; one at least. */
function cut(entries: readonly LogEntry[]): readonly LogEntry[] {
  let length = 0;
  const end = entries.findIndex((entry, index) => (length += entryCharacters(entry)) > maxCharacters && index > 0);
  return end === -1 ? entries : entries.slice(0, end);
}

function lengthOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, entry) => sum + entryCharacters(entry), 0);
}
