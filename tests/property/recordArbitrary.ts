import fc from 'fast-check';
import type { JsonObject, JsonValue } from 'backoffice-sync/merge';

/** True for a JSON object, false for a list, `null` and every other value. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How often a law is tried; LAW_RUNS raises it. */
export const lawRuns = { numRuns: Number(process.env['LAW_RUNS'] ?? 2000) };

/** The declarations that go with the generated records. */
export const declarations = { keys: { '/links': 'slug' }, atomic: ['/steps'] } as const;

/** Member names whose lists are keyed, with their key field. */
const keyedLists: Readonly<Record<string, string>> = { members: 'id', notes: 'id', links: 'slug' };

const word = fc.constantFrom('', 'a', 'b', 'été', 'a/b', '~');
const plain = fc.oneof(word, fc.integer({ min: -1, max: 2 }), fc.boolean(), fc.constant(null));
const id = fc.oneof(fc.constantFrom('a', 'b', 'c/d', 'e~'), fc.integer({ min: 1, max: 4 }));
const note = fc.record({ id, text: plain });
const uniqueBy = (field: string) => ({
  maxLength: 4,
  selector: (item: object) => String((item as Record<string, unknown>)[field]),
});
const member = fc.record(
  {
    id,
    role: plain,
    tags: fc.array(word, { maxLength: 2 }),
    social: fc.record({ x: plain, y: plain }),
    notes: fc.uniqueArray(note, uniqueBy('id')),
  },
  { requiredKeys: ['id', 'role'] },
);

/** Records with fields, nested objects, plain lists, and keyed lists inside items of keyed lists. */
export const recordArbitrary: fc.Arbitrary<JsonObject> = fc.record(
  {
    name: plain,
    count: plain,
    address: fc.record({ street: plain, geo: fc.record({ lat: plain, lng: plain }) }, { requiredKeys: ['street'] }),
    tags: fc.array(plain, { maxLength: 3 }),
    steps: fc.uniqueArray(note, uniqueBy('id')),
    members: fc.uniqueArray(member, uniqueBy('id')),
    links: fc.uniqueArray(fc.record({ slug: id, to: plain }), uniqueBy('slug')),
  },
  { requiredKeys: ['name', 'members'] },
) as fc.Arbitrary<JsonObject>;

/** One edit, which picks its place in whatever record it meets. */
export interface Edit {
  readonly kind: 'set' | 'add' | 'remove' | 'move' | 'field' | 'kind';
  readonly place: number;
  readonly to: number;
  readonly value: JsonValue;
}

/** Edits that a form makes: set, add, remove and move items, add a field, change the kind of a value. */
export const editsArbitrary = (kinds: readonly Edit['kind'][], maxLength = 5): fc.Arbitrary<Edit[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      place: fc.nat(200),
      to: fc.nat(5),
      value: fc.oneof(
        { weight: 5, arbitrary: plain },
        fc.constant([1]),
        fc.constant({ x: 1 }),
      ) as fc.Arbitrary<JsonValue>,
    }),
    { maxLength },
  );

/** Every kind of edit. */
export const anyEdits = editsArbitrary(['set', 'set', 'set', 'add', 'remove', 'move', 'field', 'kind']);

type Mutable = Record<string, unknown>;
interface Lists {
  readonly name: string;
  readonly items: Mutable[];
}

/**
 * The record after the edits; an edit that finds no place changes nothing.
 *
 * Changes of kind come last: an object that became text and then another object would be the same object with members
 * left out, which means something else in mine than in theirs.
 */
export function applyEdits(record: JsonObject, edits: readonly Edit[]): JsonObject {
  const copy = structuredClone(record) as Mutable;
  const isLast = ({ kind }: Edit) => Number(kind === 'kind');
  for (const edit of edits.toSorted((a, b) => isLast(a) - isLast(b)))
    applyEdit(copy, { ...edit, value: structuredClone(edit.value) });
  return copy as JsonObject;
}

function applyEdit(record: Mutable, { kind, place, to, value }: Edit): void {
  const { objects, lists } = collect(record);
  const list = lists[place % Math.max(lists.length, 1)];
  const object = objects[place % objects.length] as Mutable;
  if (kind === 'add' && list !== undefined) {
    const field = keyedLists[list.name] as string;
    const key = `new${to}`;
    if (list.items.every((item) => item[field] !== key)) list.items.splice(to, 0, { [field]: key, role: value });
  } else if (kind === 'remove' && list !== undefined) {
    list.items.splice(to, 1);
  } else if (kind === 'move' && list !== undefined) {
    const [moved] = list.items.splice(place % Math.max(list.items.length, 1), 1);
    if (moved !== undefined) list.items.splice(to, 0, moved);
  } else if (kind === 'field') {
    object[`extra${to}`] ??= value;
  } else if (kind === 'set' || kind === 'kind') {
    const names = Object.keys(object).filter((name) => !Object.values(keyedLists).includes(name));
    const name = names[to % Math.max(names.length, 1)];
    if (name === undefined) return;
    // Setting keeps objects and keyed lists in place; a change of kind replaces them by something else.
    const isStructure = isObject(object[name]) || name in keyedLists;
    if (kind === 'set' ? !isStructure : isStructure && !isObject(value)) object[name] = value;
  }
}

/** All objects of a record, and its keyed lists. */
function collect(record: Mutable): { objects: Mutable[]; lists: Lists[] } {
  const objects: Mutable[] = [];
  const lists: Lists[] = [];
  const pending: Mutable[] = [record];
  for (let object = pending.shift(); object !== undefined; object = pending.shift()) {
    objects.push(object);
    for (const [name, value] of Object.entries(object)) {
      if (isObject(value)) pending.push(value as Mutable);
      if (!(name in keyedLists) || !Array.isArray(value) || value.some((item) => !isObject(item))) continue;
      lists.push({ name, items: value as Mutable[] });
      pending.push(...(value as Mutable[]));
    }
  }
  return { objects, lists };
}

/** The pointers of all values that are compared as one: plain values and plain lists, with key tokens on the way. */
export function leafPaths(record: JsonValue | undefined): string[] {
  const paths: string[] = [];
  const escape = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1');
  const visit = (value: JsonValue, path: string, name: string): void => {
    const field = keyedLists[name];
    if (isObject(value)) {
      for (const [inner, child] of Object.entries(value)) visit(child, `${path}/${escape(inner)}`, inner);
    } else if (Array.isArray(value) && field !== undefined && value.every(isObject)) {
      for (const item of value as JsonObject[])
        visit(item, `${path}/${escape(`[${field}=${String(item[field])}]`)}`, '');
    } else {
      paths.push(path);
    }
  };
  if (record !== undefined) visit(record, '', '');
  return paths;
}

/** Keyed lists in the order of their keys, where a law leaves the order open. */
export function withoutOrder(value: JsonValue, name = ''): JsonValue {
  const field = keyedLists[name];
  if (Array.isArray(value)) {
    if (field === undefined || !value.every(isObject)) return value;
    const items = (value as JsonObject[]).map((item) => withoutOrder(item) as JsonObject);
    return items.sort((a, b) => (String(a[field]) < String(b[field]) ? -1 : 1));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, child]) => [inner, withoutOrder(child, inner)]));
}
