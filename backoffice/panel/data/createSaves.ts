/** The save queue, loaded after the first screen stands: reading needs none of it. */
import { idleSyncState, type SyncState } from '../../client/syncState.ts';
import type * as client from '../../client/index.ts';
import type * as keeping from './keeping.ts';
import type * as saving from './saving.ts';

/** The module of the save queue and its words. */
export type SavingModule = typeof saving;

/** How states and problems are said. */
export interface SaveSentences {
  readonly describeSyncState: typeof saving.describeSyncState;
  readonly describeProblem: typeof keeping.describeProblem;
}

/** The save queue of the page, there or not yet. */
export interface Saves {
  /** Loads the queue once and gives it: the same promise each time, as a component waits for it by `use`. */
  readonly open: () => Promise<client.RealtimeSyncService>;
  /** Loads the queue, and gives where its saves are kept. */
  readonly outbox: () => Promise<client.Outbox>;
  /** Says who is signed in: only that person's saves are sent and shown. Null is nobody. */
  readonly setUser: (user: string | null) => Promise<void>;
  readonly getState: () => SyncState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Undefined only before the first save. */
  readonly words: () => SaveSentences | undefined;
}

/** Makes the door to a queue that is not loaded yet. */
export function createSaves(
  load: () => Promise<SavingModule>,
  options: Pick<client.RealtimeSyncServiceOptions, 'backendUrl' | 'onProblem'>,
): Saves {
  const listeners = new Set<() => void>();
  let words: SaveSentences | undefined;
  let service: client.RealtimeSyncService | undefined;
  let opening: Opening | undefined;
  let user: string | null = null;
  const openAll = async (): Promise<Opened> => {
    const { createRealtimeSyncService, describeSyncState, loadKeeping } = await load();
    const { createOutbox, describeProblem } = await loadKeeping();
    words = { describeSyncState, describeProblem };
    // A database for each backend: what was typed for one must not be sent to another.
    const outbox = createOutbox({ name: `backoffice-sync${options.backendUrl ?? ''}` });
    const made = createRealtimeSyncService({ ...options, outbox });
    service = made;
    const tell = () => {
      for (const listener of listeners) listener();
    };
    made.subscribe(tell);
    if (user !== null) void outbox.signIn(user);
    tell();
    return { service: made, outbox };
  };
  const opened = (): Opening => {
    if (opening !== undefined) return opening;
    // A file that could not be loaded is asked for again by the next save.
    const all = openAll().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    opening = { all, service: all.then((ready) => ready.service) };
    return opening;
  };
  return {
    open: () => opened().service,
    outbox: async () => (await opened().all).outbox,
    setUser: async (next) => {
      user = next;
      // One that is not there yet is told when it is.
      if (service === undefined) return;
      const { outbox } = await opened().all;
      await (next === null ? outbox.signOut() : outbox.signIn(next));
    },
    getState: () => service?.getState() ?? idleSyncState,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    words: () => words,
  };
}

interface Opened {
  readonly service: client.RealtimeSyncService;
  readonly outbox: client.Outbox;
}

interface Opening {
  readonly all: Promise<Opened>;
  readonly service: Promise<client.RealtimeSyncService>;
}
