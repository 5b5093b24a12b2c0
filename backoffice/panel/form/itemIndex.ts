import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { parseIndex } from '../../../shared/merge/pointer.ts';

/** Where the item is that a pointer's token names, by index or by key (`[id=m1]`); -1 when it is not in the list. */
export function itemIndex(list: readonly JsonValue[], token: string): number {
  const index = parseIndex(token);
  if (index !== undefined) return index < list.length ? index : -1;
  const named = /^\[([^=]+)=(.*)\]$/s.exec(token);
  if (named === null) return -1;
  const [, field = '', key] = named;
  return list.findIndex((item) => isJsonObject(item) && String(item[field]) === key);
}
