import { useSyncExternalStore } from 'react';
import type { SyncState } from '../../client/syncState.ts';
import type { Saves } from './createSaves.ts';
import { usePanelServices } from './usePanelServices.ts';

/** The save queue and its state; renders again when the state changes. */
export function useSaves(): Saves & { readonly state: SyncState } {
  const { saves } = usePanelServices();
  const state = useSyncExternalStore(saves.subscribe, saves.getState);
  return { ...saves, state };
}
