/** The laws of what a merge does to memory: inputs, sharing, prototypes, depth and cost. */
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { choiceRow, readChoices } from './choices.ts';
import { countReads } from './countReads.ts';
import { declarations } from './declaredLists.ts';
import { demand, law, type Law } from './law.ts';
import { frozen, isObject, own, pointerOf, same } from './plainJson.ts';
import { edited } from './randomEdits.ts';
import { randomRecord } from './randomRecord.ts';
import { randomSides, withUnset } from './randomSides.ts';

/** Reads per value of the three sides that a merge may take; it takes about 5. */
const readsPerValue = 9;

/** The laws. */
export const shapeLaws: readonly Law[] = [
  law({
    name: 'a merge copies only the way to what it changes, and what it makes stands at one place',
    input: randomSides({ hasNewItems: true }),
    holds(engine, sides) {
      const { merged } = engine.merge({ ...sides, ...declarations });
      demandShared(merged, sides.theirs, []);
      const made = new Set<unknown>();
      for (const container of containersIn(merged)) {
        if (Object.isFrozen(container)) continue;
        demand(!made.has(container), () => 'one object stands at two places');
        made.add(container);
      }
    },
  }),
  law({
    name: 'no prototype is ever touched, whatever the members are called',
    input: randomSides({ mine: ['name', 'name', 'drop', 'add'], theirs: ['name', 'name', 'drop', 'add'] }),
    holds(engine, sides) {
      const { merged } = engine.merge({ ...sides, ...declarations });
      const patched = engine.applyMergePatch(sides.theirs, sides.mine);
      const operations = engine.diff(sides.theirs, sides.mine);
      const applied = engine.applyJsonPatch(sides.theirs, operations);
      const record = engine.restoreProtected({
        stored: sides.theirs,
        incoming: sides.mine,
        paths: ['/*/x', '/__proto__'],
      });
      for (const result of [merged, patched, applied.ok ? applied.value : null, record.record]) {
        for (const container of containersIn(result)) {
          const usual = Array.isArray(container) ? Array.prototype : Object.prototype;
          demand(
            Object.getPrototypeOf(container) === usual,
            () => `${JSON.stringify(container)} has another prototype`,
          );
        }
      }
      demand(Object.keys(Object.prototype).length === 0, () => 'Object.prototype has got members');
    },
  }),
  law({
    name: 'a record as deep as thousands of levels merges at its end',
    input: fc.record({
      depth: mostly(40, fc.nat(12_000), fc.integer({ min: 380, max: 460 })),
      isList: fc.boolean(),
      mine: fc.nat(2),
      theirs: fc.nat(2),
    }),
    holds(engine, { depth, isList, mine, theirs }) {
      const sides = {
        base: nested(depth, isList, 0),
        mine: nested(depth, isList, mine),
        theirs: nested(depth, isList, theirs),
      };
      const { merged, conflicts } = engine.merge(sides);
      const isConflict = mine !== 0 && theirs !== 0 && mine !== theirs;
      demand(conflicts.length === Number(isConflict), () => `${conflicts.length} conflicts`);
      const end = isConflict || mine === 0 ? theirs : mine;
      demand(engine.jsonEquals(merged, nested(depth, isList, end)), () => 'the end has another value');
      demand(engine.diff(sides.base, merged).length === Number(end !== 0), () => 'the diff has another length');
    },
  }),
  law({
    name: 'the cost of a merge grows with the size of the record and with nothing else',
    input: fc.tuple(choiceRow(120), choiceRow(24), choiceRow(24), mostly(4, fc.constant(2000), fc.constant(400))),
    holds(engine, [seed, my, their, count]) {
      const base = manyMembers(randomRecord(readChoices(seed)), count);
      const sides = withUnset({ base, mine: edited(base, readChoices(my)), theirs: edited(base, readChoices(their)) });
      const counted = countReads({ base, mine: sides.mine, theirs: sides.theirs });
      engine.merge({ ...counted.sides, ...declarations, unset: sides.unset });
      const limit = readsPerValue * counted.values + 200;
      demand(counted.reads() <= limit, () => `${counted.reads()} reads of ${counted.values} values`);
    },
  }),
];

/** A small number, now and then one of the middle, and once in 400 runs a large one, so that many runs are cheap. */
function mostly(small: number, large: fc.Arbitrary<number>, middle = fc.nat(small)): fc.Arbitrary<number> {
  return fc.oneof({ weight: 379, arbitrary: fc.nat(small) }, { weight: 20, arbitrary: middle }, { weight: 1, arbitrary: large }); // prettier-ignore
}

/** Equal to theirs means: the very same object as theirs, wherever both are objects on the way. */
function demandShared(merged: JsonValue, theirs: JsonValue, tokens: readonly string[]): void {
  if (merged === theirs) return;
  demand(!same(merged, theirs) || typeof merged !== 'object', () => `${pointerOf(tokens)} was copied for nothing`);
  if (!isObject(merged) || !isObject(theirs)) return;
  for (const name of Object.keys(merged)) {
    const other = own(theirs, name);
    if (other !== undefined) demandShared(merged[name] as JsonValue, other, [...tokens, name]);
  }
}

function containersIn(value: JsonValue): object[] {
  const found: object[] = [];
  const pending: JsonValue[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    found.push(next);
    for (const inner of Object.values(next)) pending.push(inner as JsonValue);
  }
  return found;
}

function nested(depth: number, isList: boolean, end: number): JsonValue {
  let value: JsonValue = end;
  for (let level = 0; level < depth; level++) value = isList ? [{ id: 'a', in: value }] : { in: value };
  return value;
}

function manyMembers(record: JsonObject, count: number): JsonObject {
  const members = Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    name: `member ${index}`,
    role: 'a',
    social: { x: index, y: null },
    tags: ['a', 'b'],
  }));
  return frozen({ ...record, members });
}
