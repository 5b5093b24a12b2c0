import type { ComponentType } from 'react';
import { addWords } from '../language/startLanguage.ts';
import { offerUndo, type UndoOffer } from './offerUndo.ts';
import { RecordAids, type RecordAidsProps } from './RecordAids.tsx';

/** What an open record has beside its form, once its words are there. */
export async function openRecordAids(): Promise<ComponentType<RecordAidsProps>> {
  await addUndoWords();
  return RecordAids;
}

/** Offers to take something back from a screen that has no form open any more. */
export async function openOffer(offer: UndoOffer): Promise<void> {
  await addUndoWords();
  offerUndo(offer);
}

function addUndoWords(): Promise<void> {
  return addWords('undo', async (language) => ({
    undo:
      language === 'fr'
        ? (await import('../language/frUndo.ts')).frUndo
        : (await import('../language/enUndo.ts')).enUndo,
  }));
}
