import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getAt, jsonEquals, merge, type JsonObject, type JsonValue, type MergeResult } from 'backoffice-sync/merge';
import { deepFreeze } from '../unit/merge/deepFreeze.ts';
import {
  anyEdits,
  applyEdits,
  declarations,
  editsArbitrary,
  isObject,
  lawRuns,
  leafPaths,
  recordArbitrary,
  withoutOrder,
} from './recordArbitrary.ts';

interface Sides {
  readonly base: JsonObject;
  readonly mine: JsonObject;
  readonly theirs: JsonObject;
}

const sidesOf = (mineEdits = anyEdits, theirEdits = anyEdits): fc.Arbitrary<Sides> =>
  fc.tuple(recordArbitrary, mineEdits, theirEdits).map(
    ([base, mine, theirs]) =>
      // Frozen, so that a write to an input fails every law.
      deepFreeze({ base, mine: applyEdits(base, mine), theirs: applyEdits(base, theirs) }) as unknown as Sides,
  );
const run = (sides: Sides): MergeResult => merge({ ...sides, ...declarations });
const law = <Input>(input: fc.Arbitrary<Input>, holds: (input: Input) => void) =>
  fc.assert(fc.property(input, holds), lawRuns);

test('what nobody else touched becomes exactly mine', () => {
  law(sidesOf(), ({ base, mine }) => {
    const { merged, conflicts } = run({ base, mine, theirs: base });
    expect(conflicts).toEqual([]);
    expect(merged).toEqual(mine);
  });
});

test('a save that changed nothing leaves exactly theirs, even the same object', () => {
  law(sidesOf(), ({ base, theirs }) => {
    const { merged, conflicts } = run({ base, mine: structuredClone(base), theirs });
    expect(conflicts).toEqual([]);
    expect(merged).toBe(theirs);
  });
});

test('nothing is lost: every change of either side is in the result or in a conflict, and is told', () => {
  law(sidesOf(), (sides) => expectNothingLost(sides, run(sides)));
});

/** Whether a path is this one or stands above it. */
const covers = (above: string, path: string) => path === above || path.startsWith(`${above}/`);

function expectNothingLost({ base, mine, theirs }: Sides, { merged, conflicts, outcomes }: MergeResult): void {
  for (const path of new Set([base, mine, theirs, merged].flatMap(leafPaths))) {
    const [before, my, their, after] = [base, mine, theirs, merged].map((side) => getAt(side, path));
    const isMine = !jsonEquals(before, my) && !isLeftOut(mine, path);
    const isTheirs = !jsonEquals(before, their);
    const isDisputed = conflicts.some((conflict) => covers(conflict.path, path));
    if (isMine || isTheirs)
      expect(
        outcomes.some((outcome) => covers(outcome.path, path)),
        `${path} is told`,
      ).toBe(true);
    if (isMine && !isDisputed) expect(after, `${path} of mine`).toEqual(my);
    if (!isMine || isDisputed || isTheirs) expect(after, `${path} of theirs`).toEqual(their);
  }
  for (const { path, ...values } of conflicts) {
    for (const [name, side] of Object.entries({ base, mine, theirs })) {
      expect((values as Record<string, JsonValue>)[name], `${path} of ${name}`).toEqual(getAt(side, path));
    }
  }
}

/** A member that an object of mine does not mention is no change, while a missing item or another kind is one. */
function isLeftOut(mine: JsonObject, path: string): boolean {
  const parent = getAt(mine, path.slice(0, path.lastIndexOf('/')));
  return isObject(parent) && getAt(mine, path) === undefined;
}

test('no item stands twice in a list', () => {
  law(sidesOf(), (sides) => {
    const paths = leafPaths(run(sides).merged);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

test('the same save twice equals once', () => {
  law(sidesOf(), ({ base, mine, theirs }) => {
    const once = run({ base, mine, theirs });
    fc.pre(once.conflicts.length === 0);
    const twice = run({ base, mine, theirs: once.merged as JsonObject });
    expect(twice.conflicts).toEqual([]);
    expect(twice.merged).toEqual(once.merged);
  });
});

test('who comes first does not matter as long as nobody is in conflict', () => {
  law(sidesOf(), ({ base, mine, theirs }) => {
    const one = run({ base, mine, theirs });
    const other = run({ base, mine: theirs, theirs: mine });
    expect(other.conflicts.map(({ path }) => path).sort()).toEqual(one.conflicts.map(({ path }) => path).sort());
    fc.pre(one.conflicts.length === 0);
    expect(withoutOrder(other.merged)).toEqual(withoutOrder(one.merged));
  });
});

test('edits of different fields give what one editor gets who makes them all', () => {
  const sets = editsArbitrary(['set', 'field']);
  const input = fc.tuple(recordArbitrary, sets, sets).filter(([base, mine, theirs]) => {
    const changed = (edits: typeof mine) =>
      leafPaths(applyEdits(base, edits)).filter(
        (path) => !jsonEquals(getAt(base, path), getAt(applyEdits(base, edits), path)),
      );
    const [my, their] = [changed(mine), changed(theirs)];
    return !my.some((path) => their.some((other) => covers(path, other) || covers(other, path)));
  });
  law(input, ([base, mine, theirs]) => {
    const result = run({ base, mine: applyEdits(base, mine), theirs: applyEdits(base, theirs) });
    expect(result.conflicts).toEqual([]);
    for (const path of leafPaths(result.merged)) {
      const [before, my, their] = [base, applyEdits(base, mine), applyEdits(base, theirs)].map((side) =>
        getAt(side, path),
      );
      expect(getAt(result.merged, path)).toEqual(jsonEquals(before, my) ? their : my);
    }
  });
});

test('"keep mine" ends in one round trip', () => {
  law(sidesOf(), ({ base, mine, theirs }) => {
    const current = run({ base, mine, theirs }).conflicts.length === 0 ? undefined : theirs;
    fc.pre(current !== undefined);
    const again = run({ base: theirs, mine, theirs });
    expect(again.conflicts).toEqual([]);
    for (const path of leafPaths(mine)) expect(getAt(again.merged, path), path).toEqual(getAt(mine, path));
  });
});

test('members that mine leaves out because it did not change them make no difference', () => {
  law(fc.tuple(sidesOf(), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 })), ([sides, coins]) => {
    const partial = leaveOut(sides.base, sides.mine, coins.values()) as JsonObject;
    const [whole, short] = [run(sides), run({ ...sides, mine: partial })];
    expect(short.merged).toEqual(whole.merged);
    expect(short.conflicts.map(({ path }) => path)).toEqual(whole.conflicts.map(({ path }) => path));
  });
});

function leaveOut(base: JsonObject, mine: JsonObject, coins: Iterator<boolean>): JsonValue {
  const isKept = ([name, value]: readonly [string, JsonValue]) =>
    !Object.hasOwn(base, name) || !jsonEquals(base[name], value) || coins.next().value === true;
  const entries = Object.entries(mine).filter(isKept);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const before = base[name];
      return [name, isObject(value) && isObject(before) ? leaveOut(before, value, coins) : value];
    }),
  );
}

test('a queued save that is rebased on the answer reverts nobody', () => {
  const input = fc.tuple(sidesOf(), anyEdits);
  law(input, ([{ base, mine: sent, theirs }, later]) => {
    const first = run({ base, mine: sent, theirs });
    fc.pre(first.conflicts.length === 0);
    const answer = first.merged as JsonObject;
    const typed = applyEdits(sent, later);
    const rebased = run({ base: sent, mine: typed, theirs: answer });
    expectNothingLost({ base: sent, mine: typed, theirs: answer }, rebased);
    const second = run({ base: answer, mine: rebased.merged as JsonObject, theirs: answer });
    expect(second.conflicts).toEqual([]);
    expect(second.merged).toEqual(rebased.merged);
  });
});

test('a list that only mine reordered keeps my order, whatever theirs edits in it', () => {
  law(sidesOf(editsArbitrary(['move', 'set']), editsArbitrary(['set', 'field'])), (sides) => {
    const { merged, conflicts } = run(sides);
    fc.pre(conflicts.length === 0);
    const ids = (side: JsonValue) => (getAt(side, '/members') as JsonObject[]).map(({ id }) => id);
    expect(ids(merged)).toEqual(ids(sides.mine));
  });
});
