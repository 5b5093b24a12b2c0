/** The laws of a merge as a whole. */
import fc from 'fast-check';
import type { MergeResult } from '../../shared/merge/index.ts';
import { choiceRow, readChoices } from './choices.ts';
import { declarations } from './declaredLists.ts';
import type { Engine } from './engine.ts';
import { expectedMerge, expectedReport, type Sides } from './expectedMerge.ts';
import { demand, law, type Law } from './law.ts';
import { at, frozen, itemToken, own, pointerOf, same } from './plainJson.ts';
import { someValue } from './randomRecord.ts';
import { randomSides, withoutUnchanged, withUnset } from './randomSides.ts';
import { hasNewItems, withoutOrder } from './withoutOrder.ts';

const disruptive = ['drop', 'replace', 'remove', 'set'] as const;
const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const run = (engine: Engine, sides: Sides): MergeResult => engine.merge({ ...sides, ...declarations });

/** Conflicts, one line each, in the order of the alphabet. */
const disputed = ({ conflicts }: MergeResult): string => show(conflicts.map(({ path }) => path).sort());

/** The laws. */
export const mergeLaws: readonly Law[] = [
  law({
    name: 'what nobody else touched becomes exactly mine',
    input: randomSides({ hasNewItems: true }),
    holds(engine, { base, mine, unset }) {
      const { merged, conflicts } = run(engine, { base, mine, theirs: base, unset });
      demand(conflicts.length === 0, () => `conflicts: ${show(conflicts)}`);
      demand(same(merged, mine), () => `merged: ${show(merged)}`);
    },
  }),
  law({
    name: 'a save that changes nothing leaves exactly theirs, even the same object',
    input: randomSides(),
    holds(engine, { base, theirs }) {
      const { merged, conflicts } = run(engine, { base, mine: structuredClone(base), theirs, unset: [] });
      demand(conflicts.length === 0, () => `conflicts: ${show(conflicts)}`);
      demand(merged === theirs, () => `merged: ${show(merged)}`);
    },
  }),
  law({
    name: 'two who make the same of a record have no conflict, and it becomes that',
    input: randomSides(),
    holds(engine, { base, mine, unset }) {
      const { merged, conflicts, outcomes } = run(engine, { base, mine, theirs: structuredClone(mine), unset });
      demand(conflicts.length === 0, () => `conflicts: ${show(conflicts)}`);
      demand(same(merged, mine), () => `merged: ${show(merged)}`);
      demand(outcomes.every(({ status }) => status === 'same'), () => `outcomes: ${show(outcomes)}`); // prettier-ignore
    },
  }),
  law({
    name: 'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
    input: randomSides({ hasNewItems: true }),
    holds: holdsEverywhere,
  }),
  law({
    name: 'the same holds for removals and changes of kind alone',
    input: randomSides({ mine: disruptive, theirs: disruptive }),
    holds: holdsEverywhere,
  }),
  law({
    name: 'the same holds for two who make one record anew, without a base',
    input: randomSides(),
    holds: (engine, sides) => holdsEverywhere(engine, { ...sides, base: undefined as never, unset: [] }),
  }),
  law({
    name: 'the same holds for two who put objects in place of something else',
    input: fc.tuple(choiceRow(12), choiceRow(24), choiceRow(24)).map((rows) => {
      const [base, mine, theirs] = rows.map((row) => ({ x: someValue(readChoices(row), 2) }));
      return frozen(withUnset({ base: base as never, mine: mine as never, theirs: theirs as never }));
    }),
    holds: holdsEverywhere,
  }),
  law({
    name: 'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
    input: fc.tuple(randomSides(), choiceRow(12)).map(([sides, row]) => {
      const next = readChoices(row);
      // Not the key of an item, without which nobody could find it again.
      const places = expectedMerge(sides)
        .places.map(({ tokens }) => pointerOf(tokens))
        .filter((path) => !/\/(id|slug)$/.test(path));
      const asked = [next.pick(places), next.pick(places), '', 'name', '/*', '/members/*/role', '/~2'];
      return { ...sides, unset: [...sides.unset, ...asked] };
    }),
    holds: holdsEverywhere,
  }),
  law({
    name: 'a record that is not there yet becomes mine, and null where neither side has one',
    input: randomSides(),
    holds(engine, { mine }) {
      const { merged, conflicts } = engine.merge({ base: undefined, mine, theirs: undefined });
      demand(same(merged, mine) && conflicts.length === 0, () => `merged: ${show(merged)}`);
    },
  }),
  law({
    name: 'a conflict names what each side has there, keeps theirs, and is one',
    input: randomSides({ hasNewItems: true }),
    holds(engine, sides) {
      const { merged, conflicts } = run(engine, sides);
      const { places } = expectedMerge(sides);
      const found = new Map(places.map((place) => [pointerOf(place.tokens), place]));
      for (const conflict of conflicts) {
        const place = found.get(conflict.path);
        demand(place !== undefined, () => `${conflict.path} is no place`);
        const { tokens, base, mine, theirs } = place;
        demand(same(conflict, { path: conflict.path, ...given({ base, mine, theirs }) }), () => show(conflict));
        demand(!same(mine, theirs) && !same(base, theirs), () => `no conflict: ${show(conflict)}`);
        demand(same(at(merged, tokens), theirs), () => `${conflict.path} is not theirs`);
      }
    },
  }),
  law({
    name: 'the same save twice equals once',
    input: randomSides(),
    holds(engine, sides) {
      // An item without a key is a new one each time; the server gives it a key before it merges.
      if (hasNewItems(sides.mine)) return;
      const once = run(engine, sides);
      if (once.conflicts.length > 0) return;
      const twice = run(engine, { ...sides, theirs: once.merged as Sides['theirs'] });
      demand(twice.conflicts.length === 0, () => `conflicts: ${show(twice.conflicts)}`);
      demand(twice.merged === once.merged, () => `once: ${show(once.merged)}, twice: ${show(twice.merged)}`);
    },
  }),
  law({
    name: 'it does not matter who comes first',
    input: randomSides(),
    holds(engine, sides) {
      const { base, mine, theirs } = sides;
      // In mine, an item without a key is a new one; in theirs it makes the list one value.
      if (hasNewItems(mine) || hasNewItems(theirs)) return;
      const one = run(engine, sides);
      const other = run(engine, withUnset({ base, mine: theirs, theirs: mine }));
      demand(disputed(one) === disputed(other), () => `conflicts: ${disputed(one)} or ${disputed(other)}`);
      if (one.conflicts.length > 0) return;
      const [left, right] = [withoutOrder(one.merged), withoutOrder(other.merged)];
      demand(same(left, right), () => `${show(one.merged)} or ${show(other.merged)}`);
    },
  }),
  law({
    name: 'members that mine leaves out because it did not change them make no difference',
    input: fc.tuple(randomSides(), choiceRow(40)),
    holds(engine, [sides, coins]) {
      const short = run(engine, { ...sides, mine: withoutUnchanged(sides.base, sides.mine, readChoices(coins)) });
      const whole = run(engine, sides);
      demand(same(short.merged, whole.merged), () => `${show(short.merged)} instead of ${show(whole.merged)}`);
      demand(disputed(short) === disputed(whole), () => `${disputed(short)} instead of ${disputed(whole)}`);
    },
  }),
];

/** Only the values that are there: an absent side is not in a conflict at all. */
function given(sides: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(sides).filter(([, value]) => value !== undefined));
}

function holdsEverywhere(engine: Engine, sides: Sides): void {
  const { merged, outcomes, conflicts } = run(engine, sides);
  const expected = expectedMerge(sides);
  for (const { tokens, verdict, mine, theirs } of expected.places) {
    // A new item has no name to look it up by; the laws of lists say where it stands.
    if (tokens.at(-1) === '-' && verdict === 'applied') continue;
    const result = at(merged, tokens);
    const wanted = verdict === 'applied' ? mine : theirs;
    demand(same(result, wanted), () => `${pointerOf(tokens)} (${verdict}): ${show(result)} instead of ${show(wanted)}`);
  }
  for (const { tokens, names } of expected.objects) {
    const made = Object.keys(at(merged, tokens) ?? {}).filter((name) => !names.has(name));
    demand(made.length === 0, () => `${pointerOf(tokens)} got ${show(made)}`);
  }
  for (const { tokens, field, base, mine, theirs } of expected.lists) {
    const known = new Set([...base.keys, ...mine.keys, ...theirs.keys]);
    const list = at(merged, tokens) as readonly Record<string, unknown>[];
    const keys = list.map((item) => ((own(item as never, field) ?? null) === null ? undefined : String(item[field])));
    const made = keys.filter((key, index) => !known.has(key) || (key !== undefined && keys.indexOf(key) !== index));
    demand(made.length === 0, () => `${pointerOf(tokens)} got ${made.map((key) => itemToken(field, key)).join(' ')}`);
  }
  const told = outcomes.map(({ path, status }) => `${path} ${status}`).sort();
  demand(same(told, expectedReport(expected)), () => `told ${show(told)} instead of ${show(expectedReport(expected))}`);
  const inConflict = outcomes.filter(({ status }) => status === 'conflict').map(({ path }) => path);
  demand(same(conflicts.map(({ path }) => path), inConflict), () => `conflicts: ${show(conflicts)}`); // prettier-ignore
}
