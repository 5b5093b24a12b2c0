import type { Clock } from '../clock.ts';
import type { OutboxStore } from './outboxStore.ts';
import type { Tabs } from './tabs.ts';

/** How often a tab says that it lives, and after how long a silent one is taken for dead, where there are no Web Locks. */
const [seenEveryMs, deadAfterMs] = [20_000, 180_000];

/**
 * Finds the other tabs of this browser.
 *
 * A tab holds a Web Lock for its life: the browser frees it however the tab ends. Web Locks need a secure context; on plain
 * http each tab writes down now and then that it lives. A hidden tab does so once a minute at worst, so the dead are found late.
 */
export function openBrowserTabs(name: string, store: OutboxStore, clock: Clock): Tabs {
  const prefix = `${name}:tab:`;
  const { locks } = (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator ?? {};
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`${name}:outbox`);
  const page = typeof document === 'undefined' ? null : document;
  const leaving = new AbortController();
  const beat = (tab: string, atMs: number | null): Promise<void> =>
    store.change(null, ({ session }) => {
      const { [tab]: _seen, ...others } = session.tabs;
      const tabs = atMs === null ? others : { ...others, [tab]: atMs };
      return { value: undefined, session: { ...session, tabs } };
    });
  return {
    async join(tab) {
      if (locks) {
        await new Promise<void>((held) => {
          const untilLeft = async () => {
            held();
            await new Promise((left) => leaving.signal.addEventListener('abort', left));
          };
          void locks.request(prefix + tab, untilLeft).catch(() => held());
        });
        return;
      }
      // A beat that could not be written is made up by the next one.
      const again = () => {
        void beat(tab, clock.now()).catch(() => undefined);
        const stop = clock.after(seenEveryMs, again);
        leaving.signal.addEventListener('abort', stop);
      };
      again();
      leaving.signal.addEventListener('abort', () => void beat(tab, null).catch(() => undefined));
    },
    async living() {
      if (locks) {
        const { held = [] } = await locks.query();
        return new Set(held.flatMap((lock) => (lock.name?.startsWith(prefix) ? [lock.name.slice(prefix.length)] : [])));
      }
      const { tabs } = await store.change(null, ({ session }) => ({ value: session }));
      const seen = Object.entries(tabs).filter(([, atMs]) => Math.abs(clock.now() - atMs) < deadAfterMs);
      return new Set(seen.map(([tab]) => tab));
    },
    isVisible: () => page === null || page.visibilityState === 'visible',
    tell: () => channel?.postMessage(null),
    listen(listener) {
      channel?.addEventListener('message', listener, { signal: leaving.signal });
      page?.addEventListener('visibilitychange', listener, { signal: leaving.signal });
    },
    leave() {
      leaving.abort();
      channel?.close();
    },
  };
}
