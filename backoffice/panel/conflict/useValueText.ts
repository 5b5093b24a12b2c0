/** A version of a conflict as text to read: one line for each item of a list and each field of a group. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useFieldText } from '../form/useFieldText.ts';
import { useFormats } from '../language/useFormats.ts';

/** Gives a function that says a value in the language of the screen; '' for one that is absent or empty. */
export function useValueText(): (field: FieldDescription, value: JsonValue | undefined) => string {
  const { t } = useTranslation();
  const { words } = useFormats();
  const fieldText = useFieldText();
  return useCallback(
    (field, value) => {
      const members = (object: JsonObject): readonly string[] =>
        (field.fields ?? [])
          .filter((inner) => inner.name !== 'id')
          .map((inner) => [words(inner.label), fieldText(inner, object[inner.name])] as const)
          .filter(([, text]) => text !== '')
          .map(([label, text]) => t('conflict.member', { label, value: text }));
      if (Array.isArray(value)) return value.map((item) => `• ${fieldText(field, [item])}`).join('\n');
      if (isJsonObject(value)) return members(value).join('\n');
      return fieldText(field, value);
    },
    [fieldText, t, words],
  );
}
