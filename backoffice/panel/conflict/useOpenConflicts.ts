import { useEffect, useReducer, useState } from 'react';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { FieldAuthor } from '../form/createMergeNews.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { SavePhase } from '../record/useSaveRecord.ts';
import { openConflicts, type LiveConflict } from './openConflicts.ts';

const none: readonly Conflict[] = [];

/** What `useOpenConflicts` gives. */
export interface OpenConflicts {
  /** The conflicts of the refused save and those that joined, as they are now; drawn again with every key. */
  readonly all: readonly LiveConflict[];
  /** Adds collisions that were found since; those that are known already are left out. */
  readonly join: (found: readonly Conflict[]) => void;
}

/** Follows the conflicts of a refused save; in any other phase there are none. */
export function useOpenConflicts(
  phase: SavePhase,
  fields: readonly FieldDescription[],
  recordForm: RecordForm,
  authors: ReadonlyMap<string, FieldAuthor>,
): OpenConflicts {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const [joined, setJoined] = useState<{ readonly phase: SavePhase; readonly found: readonly Conflict[] }>();
  const isConflict = phase.is === 'conflict';
  const { form } = recordForm;
  useEffect(
    () => (isConflict ? form.subscribe({ formState: { values: true }, callback: () => draw() }) : undefined),
    [form, isConflict],
  );
  const later = joined?.phase === phase ? joined.found : none;
  const all = isConflict ? openConflicts([...phase.conflicts, ...later], fields, recordForm, authors) : [];
  const join = (found: readonly Conflict[]) => {
    const fresh = found.filter(({ path }) => !all.some((known) => known.path === path));
    if (fresh.length > 0) setJoined({ phase, found: [...later, ...fresh] });
  };
  return { all, join };
}
