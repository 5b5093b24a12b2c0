import { checkOptions } from '../checkOptions.ts';
import { systemClock, type Clock } from '../clock.ts';
import { createUuid } from '../createUuid.ts';
import { toQueueEntry } from '../pendingSave.ts';
import { createKeeper, type OutboxKeeper } from './createKeeper.ts';
import { createMemoryOutboxStore } from './createMemoryOutboxStore.ts';
import { openBrowserTabs } from './openBrowserTabs.ts';
import type { OpenedOutbox } from './createLines.ts';
import type { Outbox } from './outbox.ts';
import { toPendingSave, type OutboxLine } from './outboxLine.ts';
import type { OutboxContent, OutboxEdit, OutboxStore } from './outboxStore.ts';
import type { Tabs } from './tabs.ts';

/** Options of an outbox; an unknown one throws `OPTION_UNKNOWN`. */
export interface OutboxOptions {
  /** Names the database; one for each backend that a page saves to. Default `backoffice-sync`. */
  readonly name?: string;
  /** Where the lines are kept. Default IndexedDB, and the memory of the page where the browser refuses it. */
  readonly store?: OutboxStore;
  /** The other tabs of the browser. Default found by Web Locks and a `BroadcastChannel`. */
  readonly tabs?: Tabs;
}

/**
 * Makes an outbox: saves that survive a reload, a crash, a closed tab and days offline.
 *
 * Nothing is sent before `signIn` says who the person is. IndexedDB is opened, and its code loaded, at once.
 *
 * Errors  OPTION_UNKNOWN; a browser that keeps nothing is no error: `isDurable` of the service's state is false then
 */
export function createOutbox(options: OutboxOptions = {}): Outbox {
  checkOptions(options, ['name', 'store', 'tabs']);
  const { name = 'backoffice-sync' } = options;
  let clock: Clock = systemClock;
  const tab = createUuid(Date.now());
  const open = async (): Promise<OpenedOutbox> => {
    const store = options.store ?? (await openStore(name));
    return { store, tabs: options.tabs ?? openBrowserTabs(name, store, clock) };
  };
  const opening = open();
  let keeper: OutboxKeeper | null = null;
  let declared: string | null = null;

  const change = async <T>(work: (content: OutboxContent) => OutboxEdit<T>): Promise<T> =>
    keeper ? keeper.change(null, work) : (await opening).store.change(null, work);
  const linesOf = (lines: readonly OutboxLine[], user: string) => lines.filter((line) => line.user === user);
  const declare = async (user: string | null): Promise<void> => {
    keeper?.setUser(user);
    declared = user;
    // What was typed until now is written under its own user before anything is hidden.
    await keeper?.flush();
    await change(({ session }) => {
      const isSame = session.user === user && !session.isExpired;
      return isSame
        ? { value: undefined }
        : { value: undefined, session: { ...session, user, turn: session.turn + 1, isExpired: false } };
    }).catch(() => undefined); // The state says that nothing can be kept.
    await keeper?.look();
  };

  return {
    signIn: (user) => declare(user),
    signOut: () => declare(null),
    async pendingOf(user) {
      await keeper?.flush();
      const lines = await change(({ lines }) => ({ value: linesOf(lines, user) }));
      return lines.filter((line) => line.status !== 'done').map((line) => toQueueEntry(toPendingSave(line)));
    },
    async clear(user) {
      await keeper?.flush();
      await change(({ lines }) => ({ value: undefined, remove: linesOf(lines, user).map((line) => line.order) }));
      await keeper?.look();
    },
    async kept() {
      await keeper?.flush();
      return keeper?.isDurable() ?? (await opening).store.isDurable;
    },
    attach(host) {
      clock = host.clock;
      keeper = createKeeper(host, opening, tab);
      keeper.setUser(declared);
      return keeper;
    },
  };
}

async function openStore(name: string): Promise<OutboxStore> {
  try {
    // Loaded when it is needed: a page that keeps nothing does not pay for it.
    const { openIndexedDbStore } = await import('./openIndexedDbStore.ts');
    return await openIndexedDbStore(name);
  } catch {
    return createMemoryOutboxStore(); // Its `isDurable` says so.
  }
}
