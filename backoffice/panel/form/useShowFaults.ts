/** Puts what is wrong beside the fields, and the cursor into the first of them. */
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldError } from '../../../shared/problem.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { loadUntilThere } from '../feedback/lazyPart.ts';
import { useFormats } from '../language/useFormats.ts';
import { checkFields } from './checkFields.ts';
import type { RecordForm } from './useRecordForm.ts';

/** What `useShowFaults` gives. */
export interface ShowFaults {
  /** Checks these fields; false when one of them cannot be sent. */
  readonly showFaults: (fields: readonly FieldDescription[], t: TFunction) => boolean;
  /** Shows what the server said of the fields; quietly, the cursor stays where it is. */
  readonly showErrors: (errors: readonly FieldError[], fields: readonly FieldDescription[], isQuiet: boolean) => void;
}

/** Works on one open form. */
export function useShowFaults({ form, values }: Pick<RecordForm, 'form' | 'values'>): ShowFaults {
  const { t } = useTranslation();
  const { words, number } = useFormats();
  const show = useCallback(
    (faults: readonly { readonly path: string; readonly message: string }[], isQuiet = false) => {
      // The first fault of a place is the one that is said.
      for (const { path, message } of [...faults].reverse()) form.setError(path, { type: 'fault', message });
      const first = faults[0];
      if (first !== undefined && !isQuiet) form.setFocus(first.path);
    },
    [form],
  );
  const showFaults = useCallback<ShowFaults['showFaults']>(
    (fields, say) => {
      form.clearErrors();
      const faults = checkFields(fields, values());
      show(
        faults.map(({ path, fault, field }) => ({
          path,
          message:
            fault === 'required'
              ? say('form.fault.required', { label: words(field.label) })
              : fault === 'notNumber'
                ? say('form.fault.notNumber')
                : say('form.fault.tooLong', { limit: number(field.maxLength ?? 0) }),
        })),
      );
      return faults.length === 0;
    },
    [form, number, show, values, words],
  );
  const showErrors = useCallback<ShowFaults['showErrors']>(
    (errors, fields, isQuiet) => {
      // The words of refusals are fetched with the first one.
      const word = async () => {
        const { wordErrors } = await loadUntilThere(() => import('./wordErrors.ts'));
        show(wordErrors(errors, { fields, values: values(), t, number }), isQuiet);
      };
      void word();
    },
    [number, show, t, values],
  );
  return { showFaults, showErrors };
}
