/** When the dialog of conflicts is open, and what somebody has done in it so far, which outlives the dialog. */
import { useCallback, useEffect, useLayoutEffect, useState } from 'react';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { FieldAuthor } from '../form/createMergeNews.ts';
import { fieldAt } from '../form/fieldAt.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { SavePhase } from '../record/useSaveRecord.ts';
import { decideConflicts } from './decideConflicts.ts';
import type { LiveConflict } from './openConflicts.ts';
import { useConflictChoices, type ConflictChoices } from './useConflictChoices.ts';
import { useEditedResults, type EditedResults } from './useEditedResults.ts';
import { useOpenConflicts } from './useOpenConflicts.ts';
import { useTellOver } from './useTellOver.ts';

/** What `useConflictDialog` gives. */
export interface ConflictDialogState {
  /** The conflicts that still are; none means that there is nothing to open. */
  readonly conflicts: readonly Conflict[];
  readonly chosen: ConflictChoices;
  readonly results: EditedResults;
  /** Adds collisions that were found since the save was refused. */
  readonly join: (found: readonly Conflict[]) => void;
  readonly isOpen: boolean;
  readonly open: () => void;
  /** Decides nothing: what was typed stays in the form. */
  readonly close: () => void;
}

const noPaths: ReadonlySet<string> = new Set();

/**
 * Opens with each refusal of a save that somebody asked for; a colleague's change alone opens nothing, so it cannot interrupt somebody who types.
 *
 * A conflict is over when both sides say the same. A result that was written for it is somebody's text, so it goes into the
 * form and waits there to be saved; but only in front of the open dialog, because a field must not change under the hands of
 * somebody who types in the form. Until then its conflict stays.
 *
 * `onOver` is called when the last one is over by itself.
 */
export function useConflictDialog(about: {
  readonly phase: SavePhase;
  readonly fields: readonly FieldDescription[];
  readonly recordForm: RecordForm;
  /** Who changed each field last. */
  readonly authors: ReadonlyMap<string, FieldAuthor>;
  readonly onOver: () => void;
}): ConflictDialogState {
  const { phase, fields, recordForm, authors, onOver } = about;
  const session = phase.is === 'conflict' ? phase : null;
  const { all, join } = useOpenConflicts(phase, fields, recordForm, authors);
  const chosen = useConflictChoices(session, all);
  const results = useEditedResults(session);
  const [isAsked, setAsked] = useState(false);
  const [settled, setSettled] = useState({ session, paths: noPaths });
  const paths = settled.session === session ? settled.paths : noPaths;
  useEffect(() => setAsked(session !== null && !session.isQuiet), [session]);

  const tellOver = useTellOver(fields, recordForm.record);
  const live = all.filter(({ path }) => !paths.has(path));
  const isWritten = ({ path }: LiveConflict) => chosen.editing.has(path) && results.isWritten(path);
  const over = isAsked ? live.filter((conflict) => conflict.isOver) : [];
  const overKey = over.map(({ path }) => path).join('\n');
  useEffect(() => {
    if (overKey === '') return;
    for (const conflict of over) {
      const field = fieldAt(fields, conflict.path);
      const isKept = field !== undefined && isWritten(conflict);
      if (isKept) {
        const value = results.resultOf(conflict.path, field);
        decideConflicts(recordForm, fields, [conflict], new Map([[conflict.path, { value }]]));
      }
      tellOver(conflict, isKept);
    }
    setSettled({ session, paths: new Set([...paths, ...over.map(({ path }) => path)]) });
    // Once for each conflict that is over; everything else that is read here changes with every key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [overKey]);

  const conflicts = live.filter((conflict) => !conflict.isOver || (!isAsked && isWritten(conflict)));
  const isOver = session !== null && conflicts.length === 0;
  useEffect(() => {
    if (isOver) onOver();
  }, [isOver, onOver]);

  const isOpen = isAsked && conflicts.length > 0;
  useLayoutEffect(() => (isOpen ? keepFocus() : undefined), [isOpen]);
  const open = useCallback(() => setAsked(true), []);
  const close = useCallback(() => setAsked(false), []);
  return { conflicts, chosen, results, join, isOpen, open, close };
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
