/** The laws of patches, pointers and equality. */
import fc from 'fast-check';
import type { JsonValue } from '../../shared/json.ts';
import { choiceRow, readChoices } from './choices.ts';
import { expectedMerge } from './expectedMerge.ts';
import { demand, law, type Law } from './law.ts';
import { jsonPatchByTheBook, mergePatchByTheBook } from './naivePatch.ts';
import { at, frozen, pointerOf, same } from './plainJson.ts';
import { randomOperations, writeOperations } from './randomOperations.ts';
import { memberNames, randomRecord, someValue } from './randomRecord.ts';
import { randomSides } from './randomSides.ts';

const show = (value: unknown): string => JSON.stringify(value);
type Pair = readonly [JsonValue, JsonValue];

/** A record before and after an editor, or two values that have nothing to do with each other. */
const pairs: fc.Arbitrary<Pair> = fc.oneof(
  { weight: 3, arbitrary: randomSides().map(({ base, mine }): Pair => [base, mine]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(choiceRow(40), choiceRow(40))
      .map(([a, b]): Pair => frozen([someValue(readChoices(a), 4), someValue(readChoices(b), 4)])),
  },
);
const patches = fc.tuple(choiceRow(100), choiceRow(60)).map(([record, next]) => {
  const document = frozen(randomRecord(readChoices(record)));
  return { document, operations: frozen(randomOperations(document, readChoices(next))) };
});

/** The laws. */
export const patchLaws: readonly Law[] = [
  law({
    name: 'a diff leads from before to after, step by step, and replaces only what differs',
    input: pairs,
    holds(engine, [before, after]) {
      const operations = frozen(engine.diff(before, after));
      const result = engine.applyJsonPatch(before, operations);
      demand(result.ok && same(result.value, after), () => `${show(operations)} leads to ${show(result)}`);
      demand((operations.length === 0) === same(before, after), () => show(operations));
      let value = before;
      for (const operation of operations) {
        demand(['add', 'remove', 'replace'].includes(operation.op), () => show(operation));
        if (operation.op === 'replace') {
          const isThere = engine.applyJsonPatch(value, [{ ...operation, op: 'test' }]).ok;
          demand(!isThere, () => `${show(operation)} replaces nothing`);
        }
        const next = engine.applyJsonPatch(value, [operation]);
        demand(next.ok, () => `${show(operation)} has no place`);
        if (next.ok) value = next.value;
      }
    },
  }),
  law({
    name: 'a diff does not speak of items that only moved up because another one went',
    input: fc.tuple(fc.nat(30), fc.nat(30), fc.nat(3)),
    holds(engine, [count, place, added]) {
      const items = Array.from({ length: count + 1 }, (_, index) => ({ id: index, role: 'a' }));
      const after = items.filter((_, index) => index !== place % items.length);
      for (let number = 0; number < added; number++) after.splice(number * 2, 0, { id: 100 + number, role: 'b' });
      const operations = engine.diff({ items }, { items: after });
      demand(operations.length === 1 + added, () => show(operations));
    },
  }),
  law({
    name: 'a JSON Patch does what RFC 6902 says, wholly or not at all',
    input: patches,
    holds(engine, { document, operations }) {
      const result = engine.applyJsonPatch(document, frozen(writeOperations(operations)));
      const expected = jsonPatchByTheBook(document, operations);
      if (typeof expected === 'number')
        demand(!result.ok && result.index === expected, () => `${show(result)}, not a failure of ${expected}`); // prettier-ignore
      else demand(result.ok && same(result.value, expected.value), () => `${show(result)}, not ${show(expected)}`);
    },
  }),
  law({
    name: 'a merge patch does what the pseudocode of RFC 7396 does, and twice equals once',
    input: pairs,
    holds(engine, [target, patch]) {
      const result = engine.applyMergePatch(target, patch);
      const expected = mergePatchByTheBook(target, patch);
      demand(same(result, expected), () => `${show(result)} instead of ${show(expected)}`);
      demand(same(engine.applyMergePatch(frozen(result), patch), expected), () => `twice is not ${show(expected)}`);
    },
  }),
  law({
    name: 'equality is that of JSON',
    input: pairs,
    holds(engine, [a, b]) {
      demand(engine.jsonEquals(a, b) === same(a, b), () => 'a and b');
      demand(engine.jsonEquals(b, a) === same(a, b), () => 'b and a');
      demand(engine.jsonEquals(a, structuredClone(a)), () => 'a and its copy');
      demand(!engine.jsonEquals(a, undefined) && engine.jsonEquals(undefined, undefined), () => 'absent');
    },
  }),
  law({
    name: 'a pointer names the place that it was made of',
    input: fc.tuple(randomSides(), fc.array(fc.constantFrom(...memberNames, '~0', '~', '/', '~01'), { maxLength: 5 })),
    holds(engine, [sides, names]) {
      const pointer = engine.formatPointer(names);
      demand(same(engine.parsePointer(pointer), names), () => `${pointer} of ${show(names)}`);
      for (const { tokens } of expectedMerge(sides).places) {
        if (tokens.at(-1) === '-') continue;
        const found = engine.getAt(sides.theirs, pointerOf(tokens));
        demand(same(found, at(sides.theirs, tokens)), () => `${pointerOf(tokens)}: ${show(found)}`);
      }
    },
  }),
];
