import type { ComponentType } from 'react';
import { addDraftWords } from '../drafts/addDraftWords.ts';
import { SignOutScreen } from './SignOutScreen.tsx';

/** The way out, once its words are there. */
export async function openSignOut(): Promise<ComponentType> {
  await addDraftWords();
  return SignOutScreen;
}
