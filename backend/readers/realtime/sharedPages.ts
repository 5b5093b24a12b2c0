import type { ChangeLog, LogPage } from '../../log/changeLog.ts';

/** Entries of a page: as many as a reader asks for. */
const pageSize = 256;
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
 *
 * Invariant  only whole pages are shared: nothing new hides behind them, and what a page had it has for ever
 */
export function createSharedPages(log: ChangeLog): ChangeLog {
  const kept = new Map<number, KeptPage>();
  let timer: NodeJS.Timeout | null = null;

  function forgetUnwanted(): void {
    for (const [start, { wantedAt }] of kept) if (Date.now() - wantedAt >= unwantedMs) kept.delete(start);
    timer = kept.size === 0 ? null : setTimeout(forgetUnwanted, unwantedMs).unref();
  }

  function keep(start: number, one: KeptPage): void {
    // Put last again: the first of the map is the one that was wanted least recently.
    kept.delete(start);
    kept.set(start, one);
    one.wantedAt = Date.now();
    const [oldest] = kept.keys();
    if (kept.size > maxPages && oldest !== undefined) kept.delete(oldest);
    timer ??= setTimeout(forgetUnwanted, unwantedMs).unref();
  }

  /** Null when others have it and it is not whole, or could not be read: it may have changed since. */
  async function readShared(start: number): Promise<LogPage | null> {
    const known = kept.get(start);
    if (known?.epoch === log.epoch) {
      keep(start, known);
      const page = await known.page.catch(() => null);
      return page && isWhole(page) && known.epoch === log.epoch ? page : null;
    }
    const own: KeptPage = { epoch: log.epoch, page: log.read(start, pageSize), wantedAt: 0 };
    keep(start, own);
    const isKept = await own.page.then(isWhole, () => false);
    if (!isKept && kept.get(start) === own) kept.delete(start);
    return own.page;
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
      const start = after - (after % pageSize);
      // Near the end the page is not whole; the newest entries are shared by the log itself.
      if (limit !== pageSize || log.head() - start <= pageSize) return log.read(after, limit);
      const page = await readShared(start);
      if (page === null) return log.read(after, limit);
      const { entries, head, floor } = page;
      return { entries: entries.filter(({ seq }) => seq > after), head: Math.max(head, log.head()), floor };
    },
  };
}

function isWhole({ entries }: LogPage): boolean {
  return entries.length === pageSize;
}
