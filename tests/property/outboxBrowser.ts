import {
  createOutbox,
  createRealtimeSyncService,
  type Clock,
  type Outbox,
  type OutboxContent,
  type OutboxEdit,
  type OutboxStore,
  type RealtimeSyncService,
  type SyncProblem,
} from 'backoffice-sync/client';
import { createMemoryOutboxStore } from '../../backoffice/client/outbox/createMemoryOutboxStore.ts';
import type { OutboxServer } from './outboxServer.ts';

/** How the next request fares. */
export type Fate = 'answered' | 'lost' | 'answer lost' | 'busy';

/** One tab of the simulated browser: the real service and the real outbox over parts that it shares with the others. */
export interface SimulatedTab {
  readonly name: string;
  readonly service: RealtimeSyncService;
  readonly outbox: Outbox;
  readonly problems: SyncProblem[];
  isAlive: boolean;
  isOnline: boolean;
  isVisible: boolean;
  setOnline(isOnline: boolean): void;
}

/** A browser whose time, network and storage the test decides. */
export interface SimulatedBrowser {
  readonly tabs: SimulatedTab[];
  readonly store: OutboxStore;
  /** What stands in the store now. */
  content(): Promise<OutboxContent>;
  openTab(): SimulatedTab;
  /** Ends a tab as a crash does: what it waits for never comes. */
  kill(tab: SimulatedTab): void;
  /** Lets virtual time pass, and everything that falls into it happen. */
  advance(ms: number): Promise<void>;
  /** Sets the clock of the machine, forth or back. */
  jump(ms: number): void;
  now(): number;
  /** Milliseconds that have passed, whatever the clock says. */
  elapsed(): number;
}

/** Makes a browser without tabs. `random` decides delays, `fate` what becomes of each request. */
export function createSimulatedBrowser(of: {
  readonly server: OutboxServer;
  readonly random: () => number;
  readonly fate: () => Fate;
  /** Whether a living tab may be taken for dead, as without Web Locks after the clock was set. */
  readonly mayMistake: boolean;
}): SimulatedBrowser {
  const { server, random } = of;
  let [elapsedMs, offsetMs, count] = [0, 1_800_000_000_000, 0];
  const timers = new Set<{ readonly atMs: number; readonly owner: SimulatedTab | null; readonly run: () => void }>();
  const after = (owner: SimulatedTab | null, delayMs: number, run: () => void) => {
    const timer = { atMs: elapsedMs + Math.max(0, delayMs), owner, run };
    // A dead tab starts nothing.
    if (owner?.isAlive !== false) timers.add(timer);
    return () => void timers.delete(timer);
  };
  const pause = (owner: SimulatedTab | null, delayMs: number) =>
    new Promise<void>((resolve) => void after(owner, delayMs, resolve));
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

  const lines = createMemoryOutboxStore();
  let turn: Promise<unknown> = Promise.resolve();
  /** One transaction after the other, as in IndexedDB; that of a dead tab never begins, or is never heard of. */
  const storeOf = (tab: SimulatedTab): OutboxStore => ({
    isDurable: true,
    change<T>(record: string | null, work: (content: OutboxContent) => OutboxEdit<T>): Promise<T> {
      const before = turn;
      const run = (async () => {
        await before;
        await pause(null, random() * 2);
        if (!tab.isAlive) return null;
        return { value: await lines.change(record, work) };
      })();
      turn = run.catch(() => undefined);
      return run.then((done) => (done && tab.isAlive ? done.value : new Promise<T>(() => undefined)));
    },
    close: () => undefined,
  });

  const browser: SimulatedBrowser = {
    tabs: [],
    store: lines,
    content: () => lines.change(null, (content) => ({ value: content })),
    now: () => elapsedMs + offsetMs,
    elapsed: () => elapsedMs,
    jump(ms) {
      offsetMs += ms;
    },
    kill(tab) {
      tab.isAlive = false;
      for (const timer of timers) if (timer.owner === tab) timers.delete(timer);
    },
    async advance(ms) {
      const end = elapsedMs + ms;
      await settle();
      for (;;) {
        let next: (typeof timers extends Set<infer T> ? T : never) | null = null;
        for (const timer of timers) if (timer.atMs <= end && (next === null || timer.atMs < next.atMs)) next = timer;
        if (next === null) break;
        timers.delete(next);
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.run();
        await settle();
      }
      elapsedMs = end;
    },
    openTab() {
      const network = new Set<() => void>();
      const listeners = new Set<() => void>();
      const joined = new Set<string>();
      const problems: SyncProblem[] = [];
      const clock: Clock = {
        now: () => browser.now(),
        after: (delayMs, run) => after(tab, delayMs, run),
        random,
      };
      const tab = {
        name: `t${(count += 1)}`,
        problems,
        isAlive: true,
        isOnline: true,
        isVisible: true,
        listeners,
        joined,
        setOnline(isOnline: boolean) {
          tab.isOnline = isOnline;
          for (const listener of [...network]) listener();
        },
      } as unknown as SimulatedTab & { listeners: Set<() => void>; joined: Set<string> };
      const send = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
        const fate = tab.isOnline ? of.fate() : 'lost';
        // The cookie goes with the request; a request that was given up is not sent.
        const cookie = server.user;
        if (init.signal?.aborted) throw new TypeError('given up');
        await pause(null, 1 + random() * 40);
        if (fate === 'lost') return pause(tab, 1).then(() => Promise.reject(new TypeError('lost')));
        const isBusy = fate === 'busy';
        const answer = isBusy
          ? {
              status: random() < 0.5 ? 429 : 503,
              headers: { 'Retry-After': '1' },
              body: { code: 'BUSY', title: 'Busy' },
            }
          : server.answer(cookie, {
              method: init.method ?? 'GET',
              path: String(input),
              headers: new Headers(init.headers),
              text: typeof init.body === 'string' ? init.body : '',
            });
        await pause(tab, 1 + random() * 40);
        if (fate === 'answer lost') throw new TypeError('lost');
        const { status, headers, body } = answer;
        const ok = status < 300;
        return { ok, status, headers: new Headers(headers), text: async () => JSON.stringify(body) } as Response;
      };
      const all = browser.tabs as (typeof tab)[];
      const outbox = createOutbox({
        store: storeOf(tab),
        tabs: {
          join: async (id) => void joined.add(id),
          living: async () => {
            const others = all.filter((one) => one.isAlive && (one === tab || !of.mayMistake || random() > 0.1));
            return new Set(others.flatMap((one) => [...one.joined]));
          },
          isVisible: () => tab.isVisible,
          tell() {
            for (const one of all) {
              // A tab that is taken for dead is one that is slow to hear.
              const delayMs = random() * (of.mayMistake ? 400 : 2);
              if (one !== tab && one.isAlive) after(one, delayMs, () => one.listeners.forEach((hear) => hear()));
            }
          },
          listen: (listener) => void listeners.add(listener),
          leave: () => undefined,
        },
      });
      const service = createRealtimeSyncService({
        fetch: send as typeof fetch,
        clock,
        outbox,
        connectivity: {
          isOnline: () => tab.isOnline,
          subscribe: (listener) => {
            network.add(listener);
            return () => void network.delete(listener);
          },
        },
        onProblem: (problem) => void problems.push(problem),
      });
      Object.assign(tab, { outbox, service });
      browser.tabs.push(tab);
      return tab;
    },
  };
  return browser;
}
