/** Whether the open record is deleted, by somebody else or from here. */
import { useCallback, useRef, useState } from 'react';
import type { Change } from '../../../shared/change.ts';

/** Where the delete that was asked for on this screen is. */
export type DeleteStep = 'sent' | 'refused' | 'done';

/** What `useDeletion` gives. */
export interface Deletion {
  /** The change in which somebody else deleted the record; null while it is there. */
  readonly deletion: Change | null;
  /** Takes what was told of the record. */
  readonly hear: (change: Change) => void;
  /** The record is there again, since it was just saved. */
  readonly forget: () => void;
  readonly onStep: (step: DeleteStep) => void;
  /** Whether the record was deleted from here, so that nothing on this screen is left to be saved. */
  readonly isDone: () => boolean;
}

/**
 * Tells the delete of this screen from those of others. A change may be told live before the answer, and then it is not known
 * yet whose it is: one that comes in between is kept until the answer is there.
 */
export function useDeletion(): Deletion {
  const [deletion, setDeletion] = useState<Change | null>(null);
  const step = useRef<DeleteStep>('refused');
  const heard = useRef<Change | null>(null);
  const hear = useCallback((change: Change) => {
    heard.current = change.operation === 'deleted' ? change : null;
    setDeletion(step.current === 'refused' ? heard.current : null);
  }, []);
  const onStep = useCallback((next: DeleteStep) => {
    step.current = next;
    if (next === 'refused') setDeletion(heard.current);
  }, []);
  const forget = useCallback(() => {
    heard.current = null;
    setDeletion(null);
  }, []);
  const isDone = useCallback(() => step.current === 'done', []);
  return { deletion, hear, forget, onStep, isDone };
}
