import type { ComponentType } from 'react';
import { addWords } from '../language/startLanguage.ts';
import { SaveReach, type SaveReachProps } from './SaveReach.tsx';

/** What follows a save to the site, once its words are there. */
export async function openReach(): Promise<ComponentType<SaveReachProps>> {
  await addWords('reach', async (language) => ({
    reach:
      language === 'fr'
        ? (await import('../language/frReach.ts')).frReach
        : (await import('../language/enReach.ts')).enReach,
  }));
  return SaveReach;
}
