/** A save that waits in the queue: the screen may be left, and the save may be withdrawn. */
import { useCallback, useEffect, useRef } from 'react';
import type { JsonObject } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { QueueEntry } from '../../client/syncState.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import { leftSaves, type LeftSave } from './leftSaves.ts';

/** What `useWaitingSave` gives. */
export interface WaitingSave {
  /** Takes what the form held when a save was made of it; null once none is on its way. */
  readonly note: (values: JsonObject | null) => void;
  /** Whether the queue sends exactly what the form holds, or something that was typed further since. */
  readonly state: () => 'none' | 'same' | 'typedOn';
  /** Whether a save of this record has not been sent at all, so that it can still be taken back. */
  readonly canWithdraw: () => boolean;
  readonly withdraw: () => Promise<void>;
  /** The save was answered: stored, or refused. True when the screen had been left by then. */
  readonly answered: (how: 'stored' | 'refused' | 'withdrawn') => boolean;
}

/** Works on one open record. */
export function useWaitingSave(url: string, { carry, values }: Pick<RecordForm, 'carry' | 'values'>): WaitingSave {
  const { saves } = usePanelServices();
  const isLeft = useRef(false);
  const sent = useRef<JsonObject | null>(null);
  const note = useCallback<WaitingSave['note']>((made) => {
    sent.current = made;
  }, []);
  /** What this screen left behind: another save of the record may have been left since. */
  const mine = useRef<LeftSave | null>(null);
  const entries = useCallback(
    (): readonly QueueEntry[] =>
      saves.getState().entries.filter((entry) => entry.url === url && /waiting|sending/.test(entry.status)),
    [saves, url],
  );
  const state = useCallback<WaitingSave['state']>(() => {
    const left = leftSaves(saves).get(url);
    const waiting = sent.current ?? (left?.isPending === true ? left.values : null);
    if (waiting === null || entries().length === 0) return 'none';
    return jsonEquals(waiting, values()) ? 'same' : 'typedOn';
  }, [entries, saves, url, values]);
  // With a problem it was sent before, and its answer was lost: it may be stored.
  const canWithdraw = useCallback(
    () =>
      entries().length > 0 && entries().every(({ status, problem }) => status === 'waiting' && problem === undefined),
    [entries],
  );
  const withdraw = useCallback(async () => {
    if (!canWithdraw()) return;
    leftSaves(saves).delete(url);
    const ids = entries().map(({ id }) => id);
    const service = await saves.open();
    for (const id of ids) service.discard(id);
  }, [canWithdraw, entries, saves, url]);
  const answered = useCallback<WaitingSave['answered']>(
    (how) => {
      const left = mine.current;
      if (left !== null && leftSaves(saves).get(url) === left) {
        mine.current = how === 'refused' ? { ...left, isPending: false } : null;
        if (mine.current === null) leftSaves(saves).delete(url);
        else leftSaves(saves).set(url, mine.current);
      }
      return isLeft.current;
    },
    [saves, url],
  );
  useEffect(() => {
    isLeft.current = false;
    return () => {
      isLeft.current = true;
      const made = sent.current;
      const left = leftSaves(saves).get(url);
      if (made !== null && state() === 'same') {
        mine.current = { edits: { ...carry(), input: null }, values: made, isPending: true };
        leftSaves(saves).set(url, mine.current);
      }
      // It was in the form of this screen, and left with it.
      else if (left?.isPending === false) leftSaves(saves).delete(url);
    };
  }, [carry, saves, state, url]);
  return { note, state, canWithdraw, withdraw, answered };
}
