/** Puts what is wrong beside the fields, and the cursor into the first of them. */
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldError } from '../../../shared/problem.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useFormats } from '../language/useFormats.ts';
import { checkFields } from './checkFields.ts';
import { fieldAt } from './fieldAt.ts';
import { serverFault } from './serverFault.ts';
import { toFormPath } from './toFormPath.ts';
import type { RecordForm } from './useRecordForm.ts';

/** What `useShowFaults` gives. */
export interface ShowFaults {
  /** Checks these fields; false when one of them cannot be sent. */
  readonly showFaults: (fields: readonly FieldDescription[], t: TFunction) => boolean;
  /** Shows what the server said of the fields. */
  readonly showErrors: (errors: readonly FieldError[], fields: readonly FieldDescription[]) => void;
}

/** Works on one open form. */
export function useShowFaults({ form, values }: Pick<RecordForm, 'form' | 'values'>): ShowFaults {
  const { t } = useTranslation();
  const { words, number } = useFormats();
  const show = useCallback(
    (faults: readonly { readonly path: string; readonly message: string }[]) => {
      for (const { path, message } of faults) form.setError(path, { type: 'fault', message });
      const first = faults[0];
      if (first !== undefined) form.setFocus(first.path);
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
              : say('form.fault.tooLong', { limit: number(field.maxLength ?? 0) }),
        })),
      );
      return faults.length === 0;
    },
    [form, number, show, values, words],
  );
  const showErrors = useCallback<ShowFaults['showErrors']>(
    (errors, fields) => {
      show(
        errors.map((error) => {
          const path = toFormPath(values(), error.path);
          return { path, message: serverFault(error, fieldAt(fields, error.path), t) };
        }),
      );
    },
    [show, t, values],
  );
  return { showFaults, showErrors };
}
