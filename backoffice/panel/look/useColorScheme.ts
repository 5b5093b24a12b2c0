import { useSyncExternalStore } from 'react';
import { colorScheme, type ColorScheme } from './colorScheme.ts';

/** What was chosen, and what is shown because of it. */
export function useColorScheme(): { readonly chosen: ColorScheme; readonly shown: 'light' | 'dark' } {
  const chosen = useSyncExternalStore(colorScheme.subscribe, colorScheme.chosen);
  const shown = useSyncExternalStore(colorScheme.subscribe, colorScheme.shown);
  return { chosen, shown };
}
