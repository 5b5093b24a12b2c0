import { createUuid } from '../createUuid.ts';
import type { PendingSave } from '../pendingSave.ts';
import { createKeptSave, printOf, toLine, type KeptSave } from './keptSave.ts';
import type { OutboxHost } from './outbox.ts';
import type { OutboxLine } from './outboxLine.ts';
import {
  emptySession,
  type OutboxContent,
  type OutboxEdit,
  type OutboxSession,
  type OutboxStore,
} from './outboxStore.ts';
import { placeFields } from './placeFields.ts';
import type { Tabs } from './tabs.ts';

/** What an outbox opens for its page. */
export interface OpenedOutbox {
  readonly store: OutboxStore;
  readonly tabs: Tabs;
}

/** The lines of one page: what the queue holds, and what of it is written. */
export interface Lines {
  readonly tab: string;
  /** What is known of each save of the queue, and of those whose end is not written yet. */
  readonly all: Map<PendingSave, KeptSave>;
  /** The saves of the queue, in order. */
  queued(): readonly PendingSave[];
  keep(save: PendingSave): KeptSave;
  /** Starts a new chain: what stood in the old one goes on elsewhere. */
  renew(): void;
  /** Writes what differs; a failure is told by `isDurable`, and made up for later. */
  flush(): Promise<void>;
  /** Changes the store, and tells the other tabs. */
  change<T>(record: string | null, work: (content: OutboxContent) => OutboxEdit<T>): Promise<T>;
  /** Who is signed in, as the store said last. */
  session(): OutboxSession;
  /** Takes the session for ended until somebody signs in. */
  expire(): void;
  user(): string | null;
  setUser(user: string | null): void;
  isDurable(): boolean;
  fail(): void;
  /** Writes what is there, and looks at the queue no more. */
  close(): Promise<void>;
}

/** Until a failed write is tried again. */
const writeAgainMs = 5000;

/** Keeps the lines of a page in step with its queue. `onWritten` after each change, `onSession` when somebody else is signed in. */
export function createLines(of: {
  readonly host: OutboxHost;
  readonly opening: Promise<OpenedOutbox>;
  readonly tab: string;
  readonly onWritten: () => void;
  readonly onSession: () => void;
}): Lines {
  const { host, opening, tab } = of;
  const all = new Map<PendingSave, KeptSave>();
  let session = emptySession;
  let origin = tab;
  let user: string | null = null;
  let isStoreDurable = false;
  let [isFailing, isAsked] = [false, false];
  let working: Promise<void> = Promise.resolve();
  let last: readonly PendingSave[] | null = null;

  const queued = (): readonly PendingSave[] => last ?? host.queue().list();
  const setFailing = (next: boolean): void => {
    const hasTurned = isFailing !== next;
    isFailing = next;
    if (hasTurned && last === null) host.publish();
  };

  const change: Lines['change'] = async (record, work) => {
    const { store, tabs } = await opening;
    isStoreDurable = store.isDurable;
    const before = session;
    let hasWritten = false;
    const value = await store
      .change(record, (content) => {
        // First, so that what is decided here is decided for those who are signed in now.
        ({ session } = content);
        const edit = work(content);
        session = edit.session ?? session;
        hasWritten = edit.session !== undefined || (edit.put?.length ?? 0) + (edit.remove?.length ?? 0) > 0;
        return edit;
      })
      .catch((error: unknown) => {
        // The page goes on in memory, and says so.
        setFailing(true);
        throw error;
      });
    setFailing(false);
    if (before.user !== session.user || before.turn !== session.turn) of.onSession();
    if (hasWritten) {
      tabs.tell();
      of.onWritten();
    }
    return value;
  };

  const stale = (): readonly KeptSave[] => {
    const here = new Set(queued());
    for (const kept of all.values()) if (kept.user === null && !here.has(kept.save)) all.delete(kept.save);
    const isStale = (kept: KeptSave) => !here.has(kept.save) || printOf(kept) !== kept.written;
    return [...all.values()].filter((kept) => kept.user !== null && isStale(kept));
  };

  /** The chain of what is typed here now. Where a part of it is not in this page's own chain, what is typed on starts another. */
  const originAmong = (lines: readonly OutboxLine[]): string => {
    const own = new Set([...all.values()].filter((kept) => !kept.isAdopted).map((kept) => kept.save.id));
    const isElsewhere = (line: OutboxLine) => line.owner !== tab || !own.has(line.id);
    if (lines.some((line) => line.origin === origin && line.status !== 'done' && isElsewhere(line))) renew();
    return origin;
  };
  const renew = (): void => {
    origin = createUuid(host.clock.now());
  };

  const write = async (): Promise<void> => {
    isAsked = false;
    for (const record of new Set(stale().map(({ save }) => save.record))) {
      const prints = await change(record, ({ lines }) => {
        const here = new Set(queued());
        const put: OutboxLine[] = [];
        const remove: number[] = [];
        const prints = new Map<KeptSave, string | null>();
        for (const kept of stale().filter(({ save }) => save.record === record)) {
          const line = lines.find(({ id }) => id === kept.save.id);
          const isGone = !here.has(kept.save);
          prints.set(kept, isGone ? null : printOf(kept));
          // Taken over or given up by another tab: a look takes it out of the queue.
          if (kept.written !== null && line?.owner !== tab) continue;
          if (!line && !kept.isAdopted) kept.origin = originAmong(lines);
          placeFields(kept, [...lines, ...put]);
          if (!isGone) prints.set(kept, printOf(kept));
          if (!isGone || kept.answer) put.push(toLine(kept, tab, line?.order ?? 0));
          else if (line) remove.push(line.order);
        }
        return { value: prints, put, remove };
      });
      for (const [kept, print] of prints) {
        if (print === null) all.delete(kept.save);
        else kept.written = print;
      }
    }
  };

  const flush = (): Promise<void> => {
    if (isAsked) return working;
    isAsked = true;
    working = working.then(write).catch(() => {
      if (last === null) host.clock.after(writeAgainMs, () => void flush());
    });
    return working;
  };

  return {
    tab,
    all,
    queued,
    keep(save) {
      const kept = all.get(save) ?? createKeptSave(save, { user, origin, isAdopted: false });
      all.set(save, kept);
      return kept;
    },
    renew,
    flush,
    change,
    session: () => session,
    expire() {
      session = { ...session, isExpired: true };
      // Where nothing can be written, this page alone knows it.
      change(null, (content) => ({ value: undefined, session: { ...content.session, isExpired: true } })).catch(
        () => undefined,
      );
    },
    user: () => user,
    setUser(next) {
      user = next;
      // Until the store says otherwise, which it may not be able to.
      session = { ...session, isExpired: false };
      for (const kept of all.values()) kept.user ??= next;
    },
    isDurable: () => isStoreDurable && !isFailing,
    fail: () => setFailing(true),
    close() {
      const end = flush();
      last = queued();
      return end;
    },
  };
}
