/** Writing one place of a value, named as the server names it to a person: `/members/[id=m1]/role`. */
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { parsePointer } from '../../../shared/merge/pointer.ts';
import { itemIndex } from './itemIndex.ts';

/**
 * A copy of the value with this place set; `undefined` takes the member or item away.
 *
 * Shape   an item of a keyed list that is not there is added at the end; a place below nothing changes nothing
 */
export function setAtPointer(
  value: JsonValue | undefined,
  pointer: string,
  next: JsonValue | undefined,
): JsonValue | undefined {
  return setAt(value, parsePointer(pointer) ?? [], next);
}

function setAt(
  value: JsonValue | undefined,
  tokens: readonly string[],
  next: JsonValue | undefined,
): JsonValue | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return next;
  if (Array.isArray(value)) return setItem(value, token, rest, next);
  if (!isJsonObject(value)) return value;
  const member = setAt(value[token], rest, next);
  const { [token]: _replaced, ...others } = value;
  return member === undefined ? others : { ...value, [token]: member };
}

function setItem(
  list: readonly JsonValue[],
  token: string,
  rest: readonly string[],
  next: JsonValue | undefined,
): JsonValue {
  const index = itemIndex(list, token);
  if (index < 0) return rest.length === 0 && next !== undefined ? [...list, next] : list;
  const item = setAt(list[index], rest, next);
  return item === undefined ? list.filter((_, at) => at !== index) : list.with(index, item);
}
