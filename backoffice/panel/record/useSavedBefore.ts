import { useState } from 'react';
import { useLocation } from 'react-router-dom';

/** What the screen of a new record hands to the screen of the record that it has become. */
export interface SavedBefore {
  readonly savedAtMs: number;
}

/** When the record was saved by the screen before this one, in milliseconds; null when this screen was opened otherwise. */
export function useSavedBefore(): number | null {
  const { state } = useLocation() as { readonly state: unknown };
  const [savedAtMs] = useState(() => (isSavedBefore(state) ? state.savedAtMs : null));
  return savedAtMs;
}

function isSavedBefore(state: unknown): state is SavedBefore {
  return typeof state === 'object' && state !== null && typeof (state as SavedBefore).savedAtMs === 'number';
}
