import { canonicalJson } from '../../shared/canonicalJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { jsonEquals, parsePointer } from '../../shared/merge/index.ts';
import type { MergeSides } from './mergeSides.ts';

/** The sides of a save in which lists that only grow have grown, and nothing else has happened to them. */
export interface GrownSides {
  readonly sides: MergeSides;
  /** The lists of which the save wanted more than to add: named in the receipt as kept. */
  readonly kept: readonly string[];
}

/**
 * Makes additions of what a save does to lists that only grow: an item that it edits, moves or leaves out stays as it is stored.
 *
 * An item of mine is new when neither the base nor the stored list has its key, or, without keys, when the base has none that
 * is equal. Additions come after whatever is stored, so that two people who add never collide, and a repeat under the same
 * keys adds nothing.
 *
 * Shape   `pointers` name fields at the top; `keys` is the key field by pointer, `id` where none is declared
 */
export function appendOnly(
  sides: MergeSides,
  stored: JsonObject,
  lists: { readonly pointers: readonly string[]; readonly keys: Readonly<Record<string, string>> },
): GrownSides {
  const base: Record<string, JsonValue> = { ...sides.base };
  const mine: Record<string, JsonValue> = { ...sides.mine };
  let { unset } = sides;
  const kept: string[] = [];
  for (const pointer of lists.pointers) {
    const name = parsePointer(pointer)?.[0] ?? '';
    const isInside = (path: string) => path === pointer || path.startsWith(`${pointer}/`);
    const isRemoved = unset.some(isInside);
    if (isRemoved) unset = unset.filter((path) => !isInside(path));
    const wanted = mine[name];
    if (wanted === undefined && !isRemoved) continue;
    const there = listOf(stored[name]);
    const { added, rest } = partition(listOf(wanted), {
      before: listOf(base[name]),
      there,
      field: lists.keys[pointer] ?? 'id',
    });
    if (isRemoved || !Array.isArray(wanted) || !jsonEquals(rest, listOf(base[name]))) kept.push(pointer);
    // Base as stored: to the merge these lists have one editor.
    put(base, name, stored[name]);
    put(mine, name, added.length > 0 ? [...there, ...added] : stored[name]);
  }
  return { sides: { base, mine, unset }, kept };
}

/** The items that nobody has yet, and the others. */
function partition(
  wanted: readonly JsonValue[],
  known: { readonly before: readonly JsonValue[]; readonly there: readonly JsonValue[]; readonly field: string },
): { readonly added: readonly JsonValue[]; readonly rest: readonly JsonValue[] } {
  const keyOf = (item: JsonValue) => {
    const key = isJsonObject(item) ? item[known.field] : undefined;
    return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
  };
  const keys = new Set([...known.before, ...known.there].map(keyOf));
  // Each item of the base answers for one equal item of mine: the same note may be written twice.
  const equals = new Map<string, number>();
  for (const item of known.before) equals.set(canonicalJson(item), (equals.get(canonicalJson(item)) ?? 0) + 1);
  const added: JsonValue[] = [];
  const rest: JsonValue[] = [];
  for (const item of wanted) {
    const key = keyOf(item);
    const text = key === undefined ? canonicalJson(item) : '';
    const left = equals.get(text) ?? 0;
    if (key === undefined) equals.set(text, left - 1);
    const isKnown = key === undefined ? left > 0 : keys.has(key);
    if (key !== undefined) keys.add(key);
    (isKnown ? rest : added).push(item);
  }
  return { added, rest };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function put(record: Record<string, JsonValue>, name: string, value: JsonValue | undefined): void {
  if (value === undefined) delete record[name];
  else record[name] = value;
}
