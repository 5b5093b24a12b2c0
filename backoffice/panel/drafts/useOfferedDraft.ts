import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSaves } from '../data/useSaves.ts';
import type { Draft } from './draft.ts';
import type { Drafts } from './openDrafts.ts';
import { openOnes } from './typedEdits.ts';
import type { KeptForm } from './useKeepDraft.ts';

/** A draft that still says something, with the edits that do. */
export interface OfferedDraft extends Pick<Draft, 'id' | 'atMs' | 'edits'> {
  /** Removes it: it is in the form now, or given up. */
  readonly end: () => Promise<void>;
}

/** The newest draft that was left at a place; what is stored by now, or stands in the form, disappears silently. */
export function useOfferedDraft(drafts: Promise<Drafts>, user: string, form: KeptForm): OfferedDraft | null {
  const { entries } = useSaves().state;
  const { place, fields, recordForm, phase } = form;
  const { dirty, record } = recordForm;
  const [left, setLeft] = useState<readonly Draft[]>([]);
  useEffect(() => {
    let isOver = false;
    const find = async () => {
      const found = await (await drafts).left(user, place);
      if (!isOver) setLeft(found);
    };
    find().catch(() => undefined); // Nothing can be read, so nothing is offered.
    return () => {
      isOver = true;
    };
  }, [drafts, place, user]);
  const end = useCallback(
    async (id: string) => {
      setLeft((known) => known.filter((draft) => draft.id !== id));
      await (await drafts).remove(id);
    },
    [drafts],
  );
  // What a save that is not answered yet holds may be what the draft holds.
  const isWaiting = phase === 'saving' || entries.some(({ url }) => url === place);
  const found = useMemo(
    () =>
      isWaiting
        ? []
        : left.map((draft) => ({
            ...draft,
            edits: openOnes(fields, draft.edits, recordForm),
            end: () => end(draft.id),
          })),
    // The form is another object with each render; these change with what it holds.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [dirty, end, fields, isWaiting, left, record],
  );
  useEffect(() => {
    for (const draft of found) if (draft.edits.size === 0) void draft.end();
  }, [found]);
  return found.find(({ edits }) => edits.size > 0) ?? null;
}
