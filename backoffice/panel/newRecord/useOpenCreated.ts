/** Going from the screen of a new record to the screen of the record, without losing a key or the place of the caret. */
import { useCallback, useEffect, useRef } from 'react';
import { useNavigate } from 'react-router-dom';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { loadUntilThere } from '../feedback/lazyPart.ts';
import { carrier } from '../form/carriedEdits.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { SavedBefore } from '../record/useSavedBefore.ts';

/** What `useOpenCreated` gives. */
export interface OpenCreated {
  /** Goes there, once its code is; `isStill` says then whether it is still wanted. */
  readonly open: (id: string, isStill: () => boolean) => Promise<void>;
  readonly isLeaving: () => boolean;
}

/** What is typed until the next screen stands is its first unsaved change. */
export function useOpenCreated(resource: ResourceDescription, { carry }: Pick<RecordForm, 'carry'>): OpenCreated {
  const navigate = useNavigate();
  const takeBack = useRef<(() => void) | null>(null);
  const isGone = useRef(false);
  // Asked for early, so that the screen is there when the record is.
  useEffect(() => void loadRecordScreen(), []);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      takeBack.current?.();
    };
  }, []);
  const open = useCallback<OpenCreated['open']>(
    async (id, isStill) => {
      await loadRecordScreen();
      if (takeBack.current !== null || isGone.current || !isStill()) return;
      takeBack.current = carrier.carry(resource.name, id, carry);
      // The next screen opens on what was just saved, and says so.
      const state: SavedBefore = { savedAtMs: Date.now() };
      await navigate(`/${resource.name}/${encodeURIComponent(id)}`, { replace: true, state });
    },
    [carry, navigate, resource.name],
  );
  const isLeaving = useCallback(() => takeBack.current !== null, []);
  return { open, isLeaving };
}

const loadRecordScreen = () => loadUntilThere(() => import('../record/RecordScreen.tsx'));
