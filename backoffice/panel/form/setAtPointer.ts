/** Writing one place of a value, named as the server names it to a person: `/members/[id=m1]/role`. */
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { parsePointer } from '../../../shared/merge/pointer.ts';
import { itemIndex } from './itemIndex.ts';

/**
 * A copy of the value with this place set; `undefined` takes the member or item away.
 *
 * Shape   an item of a keyed list that is not there comes after the neighbour that it has in `like`, or at the end; members that are missing on the way are made, unless
 *         something is only taken away; a place below a text or a number changes nothing
 */
export function setAtPointer(
  value: JsonValue | undefined,
  pointer: string,
  next: JsonValue | undefined,
  like?: JsonValue,
): JsonValue | undefined {
  return setAt(value, parsePointer(pointer) ?? [], next, like);
}

function setAt(
  value: JsonValue | undefined,
  tokens: readonly string[],
  next: JsonValue | undefined,
  like: JsonValue | undefined,
): JsonValue | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return next;
  if (Array.isArray(value)) return setItem(value, token, rest, next, like);
  // A group that did not exist: what is set below it is what makes it.
  if (value === undefined || value === null) return setBelowNothing(value, token, rest, next);
  if (!isJsonObject(value)) return value;
  const member = setAt(value[token], rest, next, isJsonObject(like) ? like[token] : undefined);
  const { [token]: _replaced, ...others } = value;
  return member === undefined ? others : { ...value, [token]: member };
}

function setBelowNothing(
  value: null | undefined,
  token: string,
  rest: readonly string[],
  next: JsonValue | undefined,
): JsonValue | undefined {
  // Items of a list that does not exist are named by their key, which says nothing of the other items.
  if (next === undefined || token.startsWith('[')) return value;
  const member = setAt(undefined, rest, next, undefined);
  return member === undefined ? value : { [token]: member };
}

function setItem(
  list: readonly JsonValue[],
  token: string,
  rest: readonly string[],
  next: JsonValue | undefined,
  like: JsonValue | undefined,
): JsonValue {
  const model = Array.isArray(like) ? (like as readonly JsonValue[]) : [];
  const index = itemIndex(list, token);
  if (index < 0) {
    if (rest.length > 0 || next === undefined) return list;
    return list.toSpliced(placeLike(list, model, token), 0, next);
  }
  const item = setAt(list[index], rest, next, model[itemIndex(model, token)]);
  return item === undefined ? list.filter((_, at) => at !== index) : list.with(index, item);
}

/** Behind the nearest item that stands before it in the model and is here too; first where it is first there. */
function placeLike(list: readonly JsonValue[], model: readonly JsonValue[], token: string): number {
  const at = itemIndex(model, token);
  const key = /^\[([^=]+)=/.exec(token)?.[1];
  if (at < 0 || key === undefined) return list.length;
  for (const neighbour of model.slice(0, at).reverse()) {
    const index = isJsonObject(neighbour) ? itemIndex(list, `[${key}=${String(neighbour[key])}]`) : -1;
    if (index >= 0) return index + 1;
  }
  return 0;
}
