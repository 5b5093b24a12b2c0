import { useEffect, useRef } from 'react';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useLatest } from '../../react/useLatest.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { Drafts } from './openDrafts.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** The form whose typing is kept. */
export interface KeptForm {
  readonly place: string;
  readonly fields: readonly FieldDescription[];
  readonly recordForm: RecordForm;
  /** How the last save of the form is doing. */
  readonly phase: string;
  /** Whether a save that holds all that was typed waits in the queue. */
  readonly isQueued: () => boolean;
  /** Whether the screen was left by somebody who had been told what that loses. */
  readonly isGivenUp: () => boolean;
}

/** Quiet after a key until it is written, in milliseconds; a page that is hidden is written at once. */
const quietMs = 300;

/** Keeps what is typed in a form until it is saved, given up, or kept by the queue. */
export function useKeepDraft(drafts: Promise<Drafts>, user: string, form: KeptForm): void {
  const { saves } = usePanelServices();
  const { place, fields, recordForm, phase } = form;
  const { bases, carry, dirty } = recordForm;
  const latest = useLatest(form);
  const writer = useRef<{ readonly now: () => void } | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One after the other: an older text must not come last.
    let writing: Promise<unknown> = Promise.resolve();
    const write = async (isOver: boolean) => {
      const { isQueued } = latest.current;
      const all = isOver ? new Map() : withoutSecrets(fields, carry().edits);
      // Kept by the queue, it is sent without anybody's help, and offered again should it be refused.
      const isKept = isQueued() && (await (await saves.outbox()).kept()) && isQueued();
      await (await drafts).keep(user, place, isKept ? new Map() : all);
    };
    const now = (isOver = false) => {
      clearTimeout(timer);
      timer = undefined;
      // What cannot be written now is written with the next key; leaving the screen asks in any case.
      writing = writing.then(() => write(isOver)).catch(() => undefined);
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(now, quietMs);
    };
    const isGivenUp = () => latest.current.isGivenUp();
    const onHide = () => {
      if (timer !== undefined) now();
    };
    let wasQueued = false;
    const stopSaves = saves.subscribe(() => {
      const isQueued = latest.current.isQueued();
      if (isQueued !== wasQueued) now();
      wasQueued = isQueued;
    });
    writer.current = { now };
    const stop = recordForm.form.subscribe({ formState: { values: true }, callback: later });
    document.addEventListener('visibilitychange', onHide);
    window.addEventListener('pagehide', onHide);
    return () => {
      stop();
      stopSaves();
      writer.current = null;
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('pagehide', onHide);
      if (isGivenUp()) now(true);
      else onHide();
    };
  }, [carry, drafts, fields, latest, place, recordForm.form, saves, user]);
  const hadWork = useRef(false);
  useEffect(() => {
    // A form that was only opened has nothing to say about what was left here before.
    hadWork.current ||= bases.dirty().size > 0;
    if (hadWork.current) writer.current?.now();
  }, [bases, dirty, phase]);
}
