/** The save queue, loaded after the first screen stands: reading needs none of it. */
import { idleSyncState, type SyncState } from '../../client/syncState.ts';
import type * as client from '../../client/index.ts';
import type * as saving from './saving.ts';

/** The module of the save queue and its words. */
export type SavingModule = typeof saving;

/** The save queue of the page, there or not yet. */
export interface Saves {
  /** Loads the queue once and gives it. */
  readonly open: () => Promise<client.RealtimeSyncService>;
  /** Loads the whole module. */
  readonly load: () => Promise<SavingModule>;
  readonly getState: () => SyncState;
  readonly subscribe: (listener: () => void) => () => void;
  /** How states and problems are said; undefined only before the first save. */
  readonly words: () => Pick<SavingModule, 'describeSyncState' | 'describeProblem'> | undefined;
}

/** Makes the door to a queue that is not loaded yet. */
export function createSaves(
  load: () => Promise<SavingModule>,
  options: Pick<client.RealtimeSyncServiceOptions, 'backendUrl' | 'onProblem'>,
): Saves {
  const listeners = new Set<() => void>();
  let module: SavingModule | undefined;
  let service: client.RealtimeSyncService | undefined;
  let opening: Promise<client.RealtimeSyncService> | undefined;
  const open = async () => {
    module = await load();
    service = module.createRealtimeSyncService(options);
    const tell = () => {
      for (const listener of listeners) listener();
    };
    service.subscribe(tell);
    tell();
    return service;
  };
  return {
    open: () => {
      // A file that could not be loaded is asked for again by the next save.
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    load,
    getState: () => service?.getState() ?? idleSyncState,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    words: () => module,
  };
}
