import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { formatKeyToken, formatPointer, matchesPattern } from './pointer.ts';

/** An object of both states, and where it stands. */
interface Pair {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly path: readonly string[];
}

/**
 * Pointers of the object members that `before` has and `after` lacks, inside of keyed items too: to a merge, absence alone
 * would mean "unchanged".
 *
 * Shape   `keys` is the key field by pattern of the list, `id` where none is declared; an item that is gone is no member
 */
export function removedMembers(
  before: JsonObject,
  after: JsonObject,
  keys: Readonly<Record<string, string>> = {},
): readonly string[] {
  const removed: string[] = [];
  const stack: Pair[] = [{ before, after, path: [] }];
  for (let at = stack.pop(); at; at = stack.pop()) {
    for (const [name, value] of Object.entries(at.before)) {
      const path = [...at.path, name];
      const other = Object.hasOwn(at.after, name) ? at.after[name] : undefined;
      if (other === undefined) removed.push(formatPointer(path));
      else if (isJsonObject(value) && isJsonObject(other)) stack.push({ before: value, after: other, path });
      else if (Array.isArray(value) && Array.isArray(other)) pushItems(stack, { value, other, path, keys });
    }
  }
  return removed;
}

function pushItems(
  stack: Pair[],
  lists: {
    readonly value: readonly JsonValue[];
    readonly other: readonly JsonValue[];
    readonly path: readonly string[];
    readonly keys: Readonly<Record<string, string>>;
  },
): void {
  const pointer = formatPointer(lists.path);
  const field = Object.entries(lists.keys).find(([pattern]) => matchesPattern(pointer, pattern))?.[1] ?? 'id';
  const keyOf = (item: JsonObject) => (item[field] === undefined ? undefined : String(item[field]));
  const byKey = new Map(lists.other.filter(isJsonObject).map((item) => [keyOf(item), item]));
  for (const item of lists.value) {
    const key = isJsonObject(item) ? keyOf(item) : undefined;
    const other = key === undefined ? undefined : byKey.get(key);
    if (key !== undefined && other !== undefined)
      stack.push({ before: item as JsonObject, after: other, path: [...lists.path, formatKeyToken(field, key)] });
  }
}
