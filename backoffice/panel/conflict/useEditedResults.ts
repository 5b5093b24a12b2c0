/** The results that somebody writes anew in the dialog of conflicts: one input for each field, filled with a version. */
import { useForm, type FieldValues, type UseFormReturn } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { FieldDescription, FieldKind } from '../../../shared/resource.ts';
import { checkFields } from '../form/checkFields.ts';
import { fromFormValue } from '../form/fromFormValue.ts';
import { toFormValue } from '../form/toFormValue.ts';
import { useEffect, useRef } from 'react';
import { useFormats } from '../language/useFormats.ts';

/** Kinds that have one input; of yes and no there is no third, and items of lists are edited in the form itself. */
const EDITABLE: ReadonlySet<FieldKind> = new Set<FieldKind>([
  'text',
  'longText',
  'email',
  'url',
  'phone',
  'number',
  'date',
  'choice',
  'texts',
]);

/** Whether the value at the place of a conflict can be written anew in the dialog; an item of a list is no single value. */
export function isEditable(field: FieldDescription | undefined): field is FieldDescription {
  return field !== undefined && EDITABLE.has(field.kind);
}

/** What `useEditedResults` gives; `path` is the pointer of a conflict. */
export interface EditedResults {
  readonly form: UseFormReturn;
  readonly nameOf: (path: string) => string;
  /** Fills the input, unless somebody has written something of his own in it. */
  readonly fill: (path: string, field: FieldDescription, value: JsonValue | undefined) => void;
  /** Says what is wrong with a result, beside its input; false when it cannot be sent. */
  readonly check: (path: string, field: FieldDescription) => boolean;
  readonly resultOf: (path: string, field: FieldDescription) => JsonValue | undefined;
  /** Whether somebody has written something of his own in the input. */
  readonly isWritten: (path: string) => boolean;
}

/**
 * A form of its own: the form of the record keeps what was typed until everything is decided. It stands beside that form and
 * not in the dialog, so that what is written in it outlives the dialog; `session` is the refused save that it belongs to.
 */
export function useEditedResults(session: object | null): EditedResults {
  const { t } = useTranslation();
  const { words, number } = useFormats();
  const form = useForm<FieldValues>({ defaultValues: {} });
  const filled = useRef(new Map<string, JsonValue>());
  useEffect(() => {
    filled.current.clear();
    form.reset({});
  }, [form, session]);
  const valueOf = (path: string) => (form.getValues() as JsonObject)[nameOf(path)];
  const isWritten = (path: string) => {
    const known = filled.current.get(path);
    return known !== undefined && !jsonEquals(known, valueOf(path));
  };
  return {
    form,
    nameOf,
    isWritten,
    fill: (path, field, value) => {
      if (isWritten(path)) return;
      const shown = toFormValue(field, value);
      filled.current.set(path, shown);
      form.setValue(nameOf(path), shown);
    },
    check: (path, field) => {
      const name = nameOf(path);
      form.clearErrors(name);
      const [first] = checkFields([{ ...field, name }], form.getValues() as JsonObject);
      if (first === undefined) return true;
      const message =
        first.fault === 'required'
          ? t('form.fault.required', { label: words(field.label) })
          : t('form.fault.tooLong', { limit: number(field.maxLength ?? 0) });
      form.setError(name, { type: 'fault', message });
      form.setFocus(name);
      return false;
    },
    resultOf: (path, field) => fromFormValue(field, valueOf(path)),
  };
}

/** The form library takes dots and brackets in a name for places inside a value. */
function nameOf(path: string): string {
  return encodeURIComponent(path).replaceAll('.', '%2E').replaceAll("'", '%27');
}
