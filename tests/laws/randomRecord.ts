import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Choices } from './choices.ts';
import { put } from './plainJson.ts';

/** Values that are compared as one; few, so that two people often type the same. */
export const plainValues: readonly JsonValue[] = ['', 'a', 'b', null, 0, 1, -1, true, false, 'été', '1'];

/** Names of members: ordinary ones, those that need escaping, those that look like something else, and inherited ones. */
export const memberNames = [
  'role', 'x', 'y', '', 'a/b', 'm~n', '~1', 'été', '名', '0', '-', '[id=a]', 'toString', 'hasOwnProperty', 'constructor', '__proto__',
] as const; // prettier-ignore

/** Keys of items; `1` and `'1'` are one key. */
export const itemKeys: readonly (string | number)[] = ['a', 'b', 'c/d', 'e~', 1, 2, '1', 'constructor', '__proto__'];

/** Builds a part of a record. */
type Build = (choices: Choices, depth: number) => JsonValue;

/**
 * Builds a record with plain fields, nested objects, plain lists, keyed lists inside items of keyed lists (by `id` and by a
 * declared key), lists that are declared to be one value, and lists that may be keyed or not.
 */
export function randomRecord(choices: Choices): JsonObject {
  const record = {};
  put(record, 'name', choices.pick(plainValues));
  const parts: readonly (readonly [string, Build])[] = [
    ['members', (next) => keyedList(next, 'id', member)],
    ['links', (next) => keyedList(next, 'slug', plainItem)],
    ['address', (next) => someObject(next, 3)],
    ['mixed', mixedList],
    ['tags', plainList],
    ['steps', (next) => keyedList(next, 'id', plainItem)],
  ];
  for (const [name, build] of parts)
    if (choices.chance(name === 'members' ? 85 : 45)) put(record, name, build(choices, 3));
  for (let count = choices.below(3); count > 0; count--) put(record, choices.pick(memberNames), someValue(choices, 3));
  return record;
}

/** A record that is little more than one list of up to five items, so that every edit of a list meets it. */
export function randomList(choices: Choices): JsonObject {
  return { members: keyedList(choices, 'id', member, 6) };
}

/** Any value, at most `depth` levels deep. */
export function someValue(choices: Choices, depth: number): JsonValue {
  const kind = depth === 0 ? 0 : choices.below(8);
  if (kind < 5) return choices.pick(plainValues);
  if (kind === 5) return someObject(choices, depth - 1);
  return kind === 6 ? mixedList(choices) : plainList(choices);
}

/** An item with that key; only its other members are random. */
export function itemWith(choices: Choices, field: string, key: JsonValue): JsonObject {
  return plainItem(choices, { [field]: key });
}

function someObject(choices: Choices, depth: number): JsonObject {
  const object = {};
  for (let count = choices.below(4); count > 0; count--) {
    put(object, choices.pick(memberNames), someValue(choices, depth));
  }
  return object;
}

function plainList(choices: Choices): JsonValue {
  return Array.from({ length: choices.below(3) }, () => choices.pick(plainValues));
}

function mixedList(choices: Choices): JsonValue {
  const kinds: readonly (() => JsonValue)[] = [
    () => itemWith(choices, 'id', choices.pick(itemKeys)),
    () => itemWith(choices, 'id', choices.pick(itemKeys)),
    () => someObject(choices, 1),
    () => choices.pick(plainValues),
  ];
  return Array.from({ length: choices.below(4) }, () => choices.pick(kinds)());
}

function keyedList(
  choices: Choices,
  field: string,
  build: (choices: Choices, item: object) => JsonObject,
  limit = 4,
): JsonValue {
  let keys = itemKeys;
  return Array.from({ length: choices.below(limit) }, () => {
    const key = choices.pick(keys);
    // The same key as number and as text would be two of one kind.
    keys = keys.filter((other) => String(other) !== String(key));
    return build(choices, { [field]: key });
  });
}

function plainItem(choices: Choices, item: object): JsonObject {
  put(item, 'role', choices.pick(plainValues));
  if (choices.chance(25)) put(item, choices.pick(memberNames), someValue(choices, 1));
  return item as JsonObject;
}

function member(choices: Choices, item: object): JsonObject {
  plainItem(choices, item);
  if (choices.chance(50)) put(item, 'notes', keyedList(choices, 'id', note));
  if (choices.chance(25)) put(item, 'links', keyedList(choices, 'slug', plainItem));
  if (choices.chance(15)) put(item, 'steps', keyedList(choices, 'id', plainItem));
  return item as JsonObject;
}

function note(choices: Choices, item: object): JsonObject {
  put(item, 'text', choices.pick(plainValues));
  if (choices.chance(25)) put(item, 'replies', keyedList(choices, 'id', plainItem));
  return item as JsonObject;
}
