import { useEffect, useReducer } from 'react';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { SavePhase } from '../record/useSaveRecord.ts';
import { openConflicts } from './openConflicts.ts';

const none: readonly Conflict[] = [];

/** The conflicts that still are, drawn again with every key; `onOver` is called when the last one is over by itself. */
export function useOpenConflicts(
  phase: SavePhase,
  fields: readonly FieldDescription[],
  recordForm: RecordForm,
  onOver: () => void,
): readonly Conflict[] {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const isConflict = phase.is === 'conflict';
  const { form } = recordForm;
  useEffect(
    () => (isConflict ? form.subscribe({ formState: { values: true }, callback: () => draw() }) : undefined),
    [form, isConflict],
  );
  const open = isConflict ? openConflicts(phase.conflicts, fields, recordForm) : none;
  const isOver = isConflict && open.length === 0;
  useEffect(() => {
    if (isOver) onOver();
  }, [isOver, onOver]);
  return open;
}
