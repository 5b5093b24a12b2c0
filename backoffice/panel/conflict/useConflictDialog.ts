/** When the dialog of conflicts is open: by itself after a save that was refused, and whenever it is asked for. */
import { useCallback, useEffect, useLayoutEffect, useState } from 'react';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { SavePhase } from '../record/useSaveRecord.ts';
import { useOpenConflicts } from './useOpenConflicts.ts';

/** What `useConflictDialog` gives. */
export interface ConflictDialogState {
  /** The conflicts that still are; none means that there is nothing to open. */
  readonly conflicts: readonly Conflict[];
  readonly isOpen: boolean;
  readonly open: () => void;
  /** Decides nothing: what was typed stays in the form. */
  readonly close: () => void;
}

/** Opens with each refusal; a colleague's change alone opens nothing, so it cannot interrupt somebody who types. */
export function useConflictDialog(
  phase: SavePhase,
  fields: readonly FieldDescription[],
  recordForm: RecordForm,
  onOver: () => void,
): ConflictDialogState {
  const conflicts = useOpenConflicts(phase, fields, recordForm, onOver);
  const [isAsked, setAsked] = useState(false);
  useEffect(() => setAsked(phase.is === 'conflict'), [phase]);
  const isOpen = isAsked && conflicts.length > 0;
  useLayoutEffect(() => (isOpen ? keepFocus() : undefined), [isOpen]);
  const open = useCallback(() => setAsked(true), []);
  const close = useCallback(() => setAsked(false), []);
  return { conflicts, isOpen, open, close };
}

/** Remembers where the focus is; the function that it gives brings it back, unless something else has taken it since. */
function keepFocus(): () => void {
  const from = document.activeElement;
  return () =>
    // After the dialog is gone from the page.
    requestAnimationFrame(() => {
      const now = document.activeElement;
      const isLost = now === null || now === document.body || now.closest('[role=dialog]') !== null;
      if (isLost && from instanceof HTMLElement && from.isConnected) from.focus();
    });
}
