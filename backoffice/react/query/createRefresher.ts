import type { Query, QueryClient } from '@tanstack/react-query';
import { refreshQuery } from './refreshQuery.ts';

/** Loads queries again, however many events ask for it. */
export interface Refresher {
  /** Asks for what `matches` finds. */
  ask(matches: (query: Query) => boolean): void;
  stop(): void;
}

/**
 * Makes a refresher: what is asked for in one turn is loaded once, what is asked for within the window after that at its end.
 *
 * A fetch that is under way does not wait for the window: it would show what is old by then.
 */
export function createRefresher(client: QueryClient, windowMs: number): Refresher {
  const asked = new Set<Query>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isSoon = false;

  const openWindow = (): void => {
    timer = setTimeout(() => {
      timer = null;
      // What has begun to fetch since it was asked for is new.
      const due = [...asked].filter((query) => query.state.fetchStatus !== 'fetching');
      asked.clear();
      if (due.length > 0) openWindow();
      for (const query of due) refreshQuery(client, query);
    }, windowMs);
  };
  const flush = (): void => {
    isSoon = false;
    const isOpen = timer !== null;
    const due = [...asked].filter((query) => !isOpen || query.state.fetchStatus === 'fetching');
    if (!isOpen && due.length > 0) openWindow();
    for (const query of due) {
      asked.delete(query);
      refreshQuery(client, query);
    }
  };

  return {
    ask(matches) {
      for (const query of client.getQueryCache().findAll({ predicate: matches })) asked.add(query);
      if (isSoon) return;
      isSoon = true;
      queueMicrotask(flush);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      asked.clear();
    },
  };
}
