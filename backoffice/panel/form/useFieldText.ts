/** The value of a field as one line of text, for tables, read-only fields and conflicts. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useFormats } from '../language/useFormats.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** Gives a function that says a value in the language of the screen; '' for one that is not there. */
export function useFieldText(): (field: FieldDescription, value: JsonValue | undefined) => string {
  const { t } = useTranslation();
  const formats = useFormats();
  return useCallback(
    (field, value) => {
      if (value === undefined || value === null || value === '') return '';
      if (typeof value === 'boolean') return t(value ? 'form.yes' : 'form.no');
      if (typeof value === 'number') return formats.number(value);
      if (typeof value === 'string') {
        if (TIME.test(value) && (field.class === 'server' || field.kind === 'date')) return formats.dateTime(value);
        if (field.kind === 'date') return formats.day(value);
        const choice = field.choices?.find((each) => each.value === value);
        return choice === undefined ? value : formats.words(choice.label);
      }
      if (Array.isArray(value)) {
        const all = value.map((item) => (isJsonObject(item) ? titleOf(field, item) : String(item)));
        return new Intl.ListFormat(formats.language, { type: 'unit', style: 'short' }).format(all);
      }
      return isJsonObject(value) ? titleOf(field, value) : '';
    },
    [formats, t],
  );
}

/** A group or an item is named by its texts. */
function titleOf(field: FieldDescription, item: { readonly [key: string]: JsonValue }): string {
  const texts = (field.fields ?? []).filter((inner) => inner.name !== 'id').map((inner) => item[inner.name]);
  return texts.filter((text) => typeof text === 'string' && text !== '').join(' · ');
}
