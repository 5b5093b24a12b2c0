/** Undo and redo across the fields of one open form. */
import i18next from 'i18next';
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import { escapeToken, getAt } from '../../../shared/merge/pointer.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { focusOpenInput } from '../form/openInput.ts';
import { toFormValue } from '../form/toFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import { createFormHistory, type AppliedStep } from './createFormHistory.ts';
import { differenceOf } from './revertStep.ts';
import { labelList } from './labelList.ts';
import { followUndoKeys } from './undoKeys.ts';

/**
 * One history for the whole form, also while an input has the focus: the browser's own knows nothing of a colleague's text that
 * was merged into the field, and wipes it. An undone field gets the focus.
 *
 * Shape   the sentence of the last undo or redo, for a screen reader. Secrets are left to the browser
 */
export function useFormUndo(recordForm: RecordForm, fields: readonly FieldDescription[]): string {
  const { form, bases, values, set } = recordForm;
  const [said, setSaid] = useState('');
  useEffect(() => {
    const undoable = new Map(fields.filter((field) => field.class !== 'secret').map((field) => [field.name, field]));
    const history = createFormHistory(Date.now);
    let known = structuredClone(values());
    const storedThen = new Map<string, JsonValue | undefined>(Object.entries(bases.stored()));
    let isOurs = false;
    let isComposing = false;
    let moment = 0;

    /** What a save or a colleague has put into the field is no edit of this person. */
    const cameFromElsewhere = (field: FieldDescription, after: JsonValue): boolean => {
      const stored = bases.stored()[field.name];
      const isNews = !jsonEquals(storedThen.get(field.name) ?? null, stored ?? null);
      return isNews && jsonEquals(after, toFormValue(field, stored));
    };
    const follow = (name: string, path: string, isTyped: boolean) => {
      const field = undoable.get(name);
      const after = structuredClone(values()[name] ?? null);
      const before = known[name] ?? null;
      if (field === undefined || jsonEquals(before, after)) return;
      const isEdit = !isOurs && (isTyped || !cameFromElsewhere(field, after));
      known = { ...known, [name]: after };
      storedThen.set(name, bases.stored()[name]);
      if (!isEdit) return;
      history.note({ name, path, before, after, moment, isComposing });
      // The next task is another moment.
      const noted = moment;
      setTimeout(() => (moment = Math.max(moment, noted + 1)));
    };
    const unsubscribe = form.subscribe({
      formState: { values: true },
      callback: (change) => {
        const path = change.name;
        const isTyped = (change as { readonly type?: string }).type !== undefined;
        if (path !== undefined) follow(path.split('.')[0] ?? '', path, isTyped);
        else for (const name of undoable.keys()) follow(name, name, isTyped);
      },
    });

    const apply = (step: AppliedStep | null, word: 'undo.undone' | 'undo.redone'): boolean => {
      if (step === null) return false;
      const before = values();
      isOurs = true;
      // At once: the caret is set in what the input shows then.
      flushSync(() => {
        for (const { name, value } of step.changes) set(name, structuredClone(value));
      });
      isOurs = false;
      showPlace(step.path, before, values());
      const names = step.changes.map(({ name }) => name);
      setSaid(i18next.t(word, { what: labelList(fields, names) }));
      return true;
    };
    const stopKeys = followUndoKeys({
      owns: (input) => {
        const path = (input as HTMLInputElement).name;
        return input.closest('form') !== null && path !== undefined && undoable.has(path.split('.')[0] ?? '');
      },
      lastAt: history.lastAt,
      undo: () => apply(history.undo(values()), 'undo.undone'),
      redo: () => apply(history.redo(values()), 'undo.redone'),
    });
    const onComposition = (event: Event) => {
      isComposing = event.type === 'compositionstart';
      if (isComposing) history.close();
    };
    document.addEventListener('compositionstart', onComposition);
    document.addEventListener('compositionend', onComposition);
    return () => {
      unsubscribe();
      stopKeys();
      document.removeEventListener('compositionstart', onComposition);
      document.removeEventListener('compositionend', onComposition);
    };
  }, [bases, fields, form, set, values]);
  return said;
}

/** Puts the caret behind what has changed, so that the person sees it. */
function showPlace(path: string, before: JsonObject, after: JsonObject): void {
  const pointer = `/${path.split('.').map(escapeToken).join('/')}`;
  const [old, text] = [getAt(before, pointer), getAt(after, pointer)];
  const caret = typeof old === 'string' && typeof text === 'string' ? differenceOf(old, text).endAfter : null;
  focusOpenInput({ name: path, text: '', selection: caret === null ? null : [caret, caret] }, 'asItIs');
  const input = document.activeElement;
  const hasCaret = input instanceof HTMLTextAreaElement || input instanceof HTMLInputElement;
  if (hasCaret && input.name === path && caret !== null && input.selectionStart !== null)
    input.setSelectionRange(caret, caret);
}
