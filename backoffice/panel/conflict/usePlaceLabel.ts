/** The name of a place in a record, in field labels: "Links › Press kit › Address". */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import { escapeToken, getAt, parsePointer } from '../../../shared/merge/pointer.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { itemIndex } from '../form/itemIndex.ts';
import { useFormats } from '../language/useFormats.ts';

/** Names a place; `lost` is the item that stood there, where the record no longer has it. */
export type PlaceLabel = (
  fields: readonly FieldDescription[],
  record: JsonObject,
  pointer: string,
  lost?: JsonValue,
) => string;

/** Gives a function that names the place of a pointer; an item is named by its first text, else by its position. */
export function usePlaceLabel(): PlaceLabel {
  const { t } = useTranslation();
  const { words } = useFormats();
  return useCallback(
    (fields, record, pointer, lost) => {
      const names: string[] = [];
      let known = fields;
      let value: JsonValue | undefined = record;
      for (const token of parsePointer(pointer) ?? []) {
        const field = known.find((each) => each.name === token);
        const position = Array.isArray(value) ? itemIndex(value, token) + 1 : 0;
        value = value === undefined ? undefined : getAt(value, `/${escapeToken(token)}`);
        if (field !== undefined) {
          names.push(words(field.label));
          known = field.fields ?? [];
        } else names.push(itemName(known, value ?? lost) ?? t('conflict.item', { position: Math.max(position, 1) }));
      }
      return names.join(' › ');
    },
    [t, words],
  );
}

function itemName(fields: readonly FieldDescription[], item: JsonValue | undefined): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const texts = fields.filter((field) => field.name !== 'id').map((field) => item[field.name]);
  return texts.find((text): text is string => typeof text === 'string' && text !== '');
}
