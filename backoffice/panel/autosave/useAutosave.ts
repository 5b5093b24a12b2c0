/** Saving by itself after a pause in typing, where the resource asks for it. */
import { useEffect, useRef } from 'react';
import type { FieldDescription } from '../../../shared/resource.ts';
import { checkFields } from '../form/checkFields.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/**
 * Calls `save` once per pause, never per key: each save is one entry of the history. What cannot be sent yet waits without a word
 * for the next pause, and so does a text that an input method still composes and a tag that is half typed.
 *
 * Units   `afterMs` milliseconds without a key; null saves nothing
 */
export function useAutosave(about: {
  readonly recordForm: RecordForm;
  readonly fields: readonly FieldDescription[];
  readonly afterMs: number | null;
  /** True while a person has to decide something first. */
  readonly isHeld: boolean;
  readonly save: () => void;
}): void {
  const { recordForm, fields, afterMs, isHeld, save } = about;
  const { form, bases, values } = recordForm;
  const latestSave = useRef(save);
  useEffect(() => {
    latestSave.current = save;
  }, [save]);
  useEffect(() => {
    if (afterMs === null || isHeld) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isComposing = false;
    const arm = () => {
      clearTimeout(timer);
      timer = setTimeout(run, afterMs);
    };
    const run = () => {
      clearTimeout(timer);
      const dirty = fields.filter(({ name }) => bases.dirty().has(name));
      if (isComposing || isHalfTyped(fields)) return arm();
      if (dirty.length > 0 && checkFields(dirty, values()).length === 0) latestSave.current();
    };
    if (bases.dirty().size > 0) arm();
    const unsubscribe = form.subscribe({ formState: { values: true }, callback: arm });
    const onComposition = (event: Event) => {
      isComposing = event.type === 'compositionstart';
    };
    // Whoever leaves the form or the tab has paused: nothing may be lost for want of a second.
    const onFocusOut = ({ target, relatedTarget }: FocusEvent) => {
      const left = target instanceof Element ? target.closest('form') : null;
      if (left !== null && !(relatedTarget instanceof Node && left.contains(relatedTarget))) run();
    };
    const onHidden = () => {
      if (document.hidden) run();
    };
    document.addEventListener('compositionstart', onComposition);
    document.addEventListener('compositionend', onComposition);
    document.addEventListener('focusout', onFocusOut);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      clearTimeout(timer);
      unsubscribe();
      document.removeEventListener('compositionstart', onComposition);
      document.removeEventListener('compositionend', onComposition);
      document.removeEventListener('focusout', onFocusOut);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, [afterMs, bases, fields, form, isHeld, values]);
}

/** A save makes a tag of what stands in the input: not while somebody is still writing it. */
function isHalfTyped(fields: readonly FieldDescription[]): boolean {
  const input = document.activeElement;
  if (!(input instanceof HTMLInputElement) || input.value === '') return false;
  return fields.some(({ name, kind }) => kind === 'texts' && name === input.name);
}
