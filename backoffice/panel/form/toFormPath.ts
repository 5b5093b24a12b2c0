import type { JsonValue } from '../../../shared/json.ts';
import { escapeToken, getAt, parsePointer } from '../../../shared/merge/pointer.ts';
import { itemIndex } from './itemIndex.ts';

/**
 * A place as the form names its inputs, `members.0.role`.
 *
 * Shape   an item that is named by its key gets the index that it has in these values
 */
export function toFormPath(values: JsonValue, pointer: string): string {
  const names: string[] = [];
  let value: JsonValue | undefined = values;
  for (const token of parsePointer(pointer) ?? []) {
    const index = Array.isArray(value) ? itemIndex(value, token) : -1;
    const name = index >= 0 ? String(index) : token;
    names.push(name);
    value = getAt(value, `/${escapeToken(name)}`);
  }
  return names.join('.');
}
