import type { ComponentType } from 'react';
import { DraftKeeper, type DraftKeeperProps } from './DraftKeeper.tsx';
import { addDraftWords } from './addDraftWords.ts';

/** What keeps typed text, once its words are there. */
export async function openDraftKeeper(): Promise<ComponentType<DraftKeeperProps>> {
  await addDraftWords();
  return DraftKeeper;
}
