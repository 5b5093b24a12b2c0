import {
  createOutbox,
  createRealtimeSyncService,
  type Outbox,
  type OutboxStore,
  type QueueEntry,
  type RealtimeSyncService,
  type RealtimeSyncServiceOptions,
  type Tabs,
} from 'backoffice-sync/client';
import { startStandIn, type StandIn } from './standIn.ts';

/** A page with its outbox. */
export interface OutboxPage {
  readonly outbox: Outbox;
  readonly service: RealtimeSyncService;
  entries(): readonly QueueEntry[];
  setOnline(online: boolean): void;
  /** Ends it as a crash does. */
  die(): void;
  /** From here on others take it for dead, although it lives. */
  freeze(): void;
}

/** The pages of one browser, and the server that they save to. */
export interface OutboxPages {
  readonly server: StandIn;
  open(options?: RealtimeSyncServiceOptions & { store?: OutboxStore; online?: boolean }): OutboxPage;
  /** What the server holds; default the settings. */
  stored(path?: string): unknown;
  close(): Promise<void>;
}

let count = 0;

/** Starts a server with two records, and a browser with an empty database. */
export async function openOutboxPages(): Promise<OutboxPages> {
  const name = `outbox-${(count += 1)}`;
  const living = new Set<string>();
  const pages: OutboxPage[] = [];
  const server = await startStandIn({
    '/api/settings': { id: 'main', name: 'n0', phone: 'p0', city: 'c0' },
    '/api/team/a': { id: 'a', name: 'Ada', role: 'r0' },
  });

  /** Opens a page on the database of the test. The other pages are told through the process, as Node has no Web Locks. */
  const open: OutboxPages['open'] = (options = {}) => {
    const { store, online: startsOnline = true, ...rest } = options;
    let isOnline = startsOnline;
    let own = '';
    const network = new Set<() => void>();
    const tabs: Tabs = {
      join: async (tab) => void living.add((own = tab)),
      living: async () => living,
      isVisible: () => true,
      tell: () => undefined,
      listen: () => undefined,
      leave: () => void living.delete(own),
    };
    const outbox = createOutbox({ name, tabs, ...(store ? { store } : {}) });
    let isDead = false;
    const page: OutboxPage = {
      outbox,
      entries: () => page.service.getState().entries,
      setOnline(next) {
        isOnline = next;
        for (const listener of [...network]) listener();
      },
      freeze: () => void living.delete(own),
      die() {
        isDead = true;
        living.delete(own);
      },
      service: createRealtimeSyncService({
        backendUrl: server.url,
        coalesceMs: 5,
        outbox,
        connectivity: {
          isOnline: () => isOnline && !isDead,
          subscribe: (listener) => {
            network.add(listener);
            return () => void network.delete(listener);
          },
        },
        ...rest,
      }),
    };
    pages.push(page);
    return page;
  };

  return {
    server,
    open,
    stored: (path = '/api/settings') => server.records.get(path),
    async close() {
      for (const page of pages) page.service.close();
      await server.close();
    },
  };
}
