/** The laws of protected fields: whatever a body says, in whatever form, what is stored there stays. */
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { choiceRow, readChoices, type Choices } from './choices.ts';
import { declarations, listKeys, listRule } from './declaredLists.ts';
import { demand, law, type Law } from './law.ts';
import { at, frozen, isObject, keyOf, own, pointerOf, same } from './plainJson.ts';
import { edited, usualEdits, type EditKind } from './randomEdits.ts';
import { randomOperations, writeOperations } from './randomOperations.ts';
import { plainValues, randomRecord } from './randomRecord.ts';
import { randomSides } from './randomSides.ts';

/** Plain fields, members of nested objects, fields of items at two depths, a whole list, and any member of an item. */
const paths = ['name', '/address/x', '/address/*/y', '/members/*/role', '/members/*/notes/*/text', '/links/*/role', '/tags', '/mixed/*/role']; // prettier-ignore
const patterns = paths.map((path) => (path.startsWith('/') ? path.slice(1).split('/') : [path]));
const { keys } = declarations;
/** A record in which every kind of protected place is there. */
function protectedRecord(choices: Choices): JsonObject {
  const record = randomRecord(choices);
  return { ...record, address: { x: choices.pick(plainValues), in: { y: choices.pick(plainValues), z: 1 } } };
}

/** Whatever a body may say: fields change, parents go or become something else, items move, go and come again. */
const attempts: readonly EditKind[] = [...usualEdits, 'replace', 'replace', 'drop', 'new'];
const show = (value: unknown): string => JSON.stringify(value);

/** A protected place that a result has otherwise than what is stored. */
type Change = { readonly tokens: readonly string[]; readonly stored: unknown; readonly result: unknown };

/** The laws. */
export const protectionLaws: readonly Law[] = [
  law({
    name: 'a protected path never changes',
    input: randomSides({ base: protectedRecord, mine: attempts }),
    holds(engine, { mine, theirs }) {
      for (const isWhole of [false, true]) {
        const { record } = engine.restoreProtected({ stored: theirs, incoming: mine, paths, keys, isWhole });
        demandProtected(theirs, record);
      }
    },
  }),
  law({
    name: 'a protected path never changes through a merge and what is put back after it',
    input: randomSides({ base: protectedRecord, mine: attempts }),
    holds(engine, sides) {
      const stored = sides.theirs;
      const { merged } = engine.merge({ ...sides, ...declarations });
      const { record } = engine.restoreProtected({ stored, incoming: merged, paths, keys });
      demandProtected(stored, record);
    },
  }),
  law({
    name: 'a protected path never changes through a JSON Patch, whatever it moves, copies or removes',
    input: fc.tuple(choiceRow(120), choiceRow(60)).map(([record, next]) => {
      const stored = frozen(protectedRecord(readChoices(record)));
      return { stored, operations: writeOperations(randomOperations(stored, readChoices(next))) };
    }),
    holds(engine, { stored, operations }) {
      const patched = engine.applyJsonPatch(stored, operations);
      if (!patched.ok || !isObject(patched.value)) return;
      const { record } = engine.restoreProtected({
        stored,
        incoming: frozen(patched.value),
        paths,
        keys,
        isWhole: true,
      });
      demandProtected(stored, record);
    },
  }),
  law({
    name: 'what is not protected stays as it came, and every field that is named as kept did differ',
    input: randomSides({ base: protectedRecord, mine: attempts }),
    holds(engine, { mine, theirs }) {
      const { record, kept } = engine.restoreProtected({ stored: theirs, incoming: mine, paths, keys });
      for (const path of kept) {
        // Of two items with one key, only the first can be looked up.
        const differs = !same(engine.getAt(mine, path), engine.getAt(record, path)) || !same(mine, record);
        demand(differs, () => `${path} is named, but it was not put back`);
        const tokens = path
          .slice(1)
          .split('/')
          .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
        // A list without keys is named as a whole.
        const isDeclared = patterns.some((pattern) =>
          tokens.every((token, index) => pattern[index] === '*' || pattern[index] === token),
        );
        demand(isDeclared, () => `${path} is not protected`);
      }
      for (const name of Object.keys(mine)) {
        if (patterns.some(([first]) => first === name)) continue;
        demand(own(record as JsonObject, name) === mine[name], () => `${name} was changed`);
      }
      if (kept.length === 0) demandUntouched(mine, record as JsonObject, theirs);
    },
  }),
  law({
    name: 'putting back twice equals once',
    input: randomSides({ base: protectedRecord, mine: attempts }),
    holds(engine, { mine, theirs }) {
      const { record } = engine.restoreProtected({ stored: theirs, incoming: mine, paths, keys });
      const again = engine.restoreProtected({ stored: theirs, incoming: frozen(record), paths, keys, isWhole: true });
      demand(same(again.record, record) && again.kept.length === 0, () => `${show(again)} after ${show(record)}`);
    },
  }),
  law({
    name: 'a new record and a new item have their protected fields as they came, or none where these are forbidden',
    input: fc
      .tuple(choiceRow(120), choiceRow(32))
      .map(([record, next]) => frozen(edited(randomRecord(readChoices(record)), readChoices(next)))),
    holds(engine, incoming) {
      const free = engine.restoreProtected({ stored: undefined, incoming, paths, keys });
      demand(free.record === incoming && free.kept.length === 0, () => show(free));
      const forbidden = engine.restoreProtected({ stored: undefined, incoming, paths, keys, forbidOnNew: true }).record;
      for (const pattern of patterns) {
        const left = matches(forbidden, pattern);
        demand(left.length === 0, () => `${pattern.join('/')} is still there: ${show(forbidden)}`);
      }
    },
  }),
];

function demandProtected(stored: JsonValue, record: JsonValue): void {
  for (const pattern of patterns) {
    for (const change of changes(pattern, [], stored, record)) {
      demand(false, () => `${pointerOf(change.tokens)}: ${show(change.result)} instead of ${show(change.stored)}`);
    }
  }
}

/** The places of one pattern at which a result differs from what is stored; a removed item takes its own along, a new one is free. */
function changes(
  pattern: readonly string[],
  tokens: readonly string[],
  stored: JsonValue | undefined,
  result: JsonValue | undefined,
): Change[] {
  const [next, ...rest] = pattern;
  if (next === undefined) return same(stored, result) ? [] : [{ tokens, stored, result }];
  if (isObject(stored)) {
    const inside = isObject(result) ? result : {};
    const names = next === '*' ? [...new Set([...Object.keys(stored), ...Object.keys(inside)])] : [next];
    return names.flatMap((name) => changes(rest, [...tokens, name], own(stored, name), own(inside, name)));
  }
  if (next !== '*' || !Array.isArray(stored)) return [];
  const items: readonly JsonValue[] = Array.isArray(result) ? result : [];
  const { field } = listRule(tokens);
  const storedKeys = listKeys(stored, field || 'id');
  if (storedKeys === undefined) {
    // Nobody can say which item is which, so every protected value has to be where it was.
    return stored.flatMap((item, index) => changes(rest, [...tokens, String(index)], item as JsonValue, items[index]));
  }
  return items.flatMap((item, index) => {
    const key = keyOf(item, field || 'id');
    const before = key === undefined ? undefined : (stored as JsonValue[])[storedKeys.indexOf(key)];
    return before === undefined ? [] : changes(rest, [...tokens, String(index)], before, item);
  });
}

/** Where nothing was named as kept, only what mine lacks may have come back. */
function demandUntouched(mine: JsonObject, record: JsonObject, stored: JsonObject): void {
  for (const name of Object.keys(mine)) {
    const [sent, result] = [mine[name], own(record, name)];
    const hasLess = JSON.stringify(sent) !== JSON.stringify(result);
    demand(!hasLess || at(stored, [name]) !== undefined, () => `${name}: ${show(result)} instead of ${show(sent)}`);
  }
}

function matches(value: JsonValue | undefined, pattern: readonly string[]): JsonValue[] {
  const [next, ...rest] = pattern;
  if (value === undefined) return [];
  if (next === undefined) return [value];
  const inside =
    Array.isArray(value) || isObject(value) ? Object.keys(value).filter((name) => next === '*' || name === next) : [];
  return inside.flatMap((name) => matches((value as Record<string, JsonValue>)[name], rest));
}
