import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Choices } from './choices.ts';
import { copyOf, isObject, keyOf, put } from './plainJson.ts';
import { itemKeys, itemWith, memberNames, plainValues, someValue } from './randomRecord.ts';

/** What an editor does to a record. */
export type EditKind =
  | 'set' // a member that is there gets a plain value
  | 'name' // any member gets a plain value
  | 'replace' // a member gets a value of any kind
  | 'drop' // a member is removed
  | 'add' // an item is added
  | 'remove' // an item is removed
  | 'move' // an item is moved
  | 'clear' // a list is emptied
  | 'unkey' // a list gets an item twice, or one that is no object
  | 'rekey' // the key of an item becomes text
  | 'new'; // an item without a key is added

/** What a form does all day, and now and then something else. */
export const usualEdits: readonly EditKind[] = [
  'set', 'set', 'set', 'set', 'name', 'add', 'add', 'remove', 'remove', 'move', 'move', 'drop', 'drop',
  'replace', 'clear', 'unkey', 'rekey',
]; // prettier-ignore

type Mutable = Record<string, JsonValue>;
interface Places {
  readonly objects: Mutable[];
  readonly lists: { readonly field: string; readonly items: JsonValue[] }[];
}

/** The record after at most `most` edits; an edit that finds no place changes nothing. */
export function edited(record: JsonObject, choices: Choices, kinds = usualEdits, most = 4): JsonObject {
  const copy = copyOf(record) as Mutable;
  for (let count = choices.below(most + 1); count > 0; count--) edit(copy, choices, choices.pick(kinds));
  return copy;
}

function edit(record: Mutable, choices: Choices, kind: EditKind): void {
  const { objects, lists } = placesIn(record);
  if (['set', 'name', 'replace', 'drop'].includes(kind)) editMember(choices.pick(objects), choices, kind);
  else if (lists.length > 0) editList(choices.pick(lists), choices, kind);
}

function editMember(object: Mutable, choices: Choices, kind: EditKind): void {
  if (kind === 'name') return put(object, choices.pick(memberNames), choices.pick(plainValues));
  const names = Object.keys(object).filter((name) => name !== 'id' && name !== 'slug');
  if (names.length === 0) return;
  const name = choices.pick(names);
  if (kind === 'drop') delete object[name];
  else if (kind === 'replace') put(object, name, someValue(choices, 2));
  else if (typeof object[name] !== 'object') put(object, name, choices.pick(plainValues));
}

function editList({ field, items }: Places['lists'][number], choices: Choices, kind: EditKind): void {
  const place = choices.below(items.length + 1);
  const item = items[place];
  switch (kind) {
    case 'add': {
      const key = choices.pick(itemKeys);
      if (items.some((other) => keyOf(other, field) === String(key))) return;
      return void items.splice(place, 0, itemWith(choices, field, key));
    }
    case 'new':
      return void items.splice(place, 0, { role: choices.pick(plainValues) });
    case 'remove':
      return void items.splice(place, 1);
    case 'move':
      if (item !== undefined) items.splice(choices.below(items.length), 0, ...items.splice(place, 1));
      return;
    case 'clear':
      items.length = 0;
      return;
    case 'unkey':
      return void items.push(isObject(item) ? copyOf(item) : choices.pick(plainValues));
    default:
      if (isObject(item) && typeof item[field] === 'number') put(item, field, String(item[field]));
  }
}

/** All objects of a record, and the lists that hold objects or nothing. */
function placesIn(record: Mutable): Places {
  const places: Places = { objects: [], lists: [] };
  const visit = (value: JsonValue, name: string): void => {
    if (Array.isArray(value)) {
      if (value.every(isObject))
        places.lists.push({ field: name === 'links' ? 'slug' : 'id', items: value as JsonValue[] });
      for (const item of value as JsonValue[]) visit(item, '');
    } else if (isObject(value)) {
      places.objects.push(value as Mutable);
      for (const inner of Object.keys(value)) visit(value[inner] as JsonValue, inner);
    }
  };
  visit(record, '');
  return places;
}
