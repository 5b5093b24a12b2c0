/**
 * What the rules say about a merge, place by place, found without the engine.
 *
 * A place is where the sides are compared as one value: a plain value, a list without keys, a side that is of another kind,
 * or an item of a keyed list that one of the sides lacks. Everything that is not such a place only leads to one.
 */
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { listKeys, listRule } from './declaredLists.ts';
import { isObject, itemToken, own, pointerOf, same } from './plainJson.ts';

/** The three sides of a save, and the members that mine asks to remove. */
export interface Sides {
  readonly base: JsonObject;
  readonly mine: JsonObject;
  readonly theirs: JsonObject;
  readonly unset: readonly string[];
}

/** One place with its three values; `undefined` where a side has none. */
export interface Place {
  readonly tokens: readonly string[];
  readonly base: JsonValue | undefined;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
  readonly verdict: Verdict;
}

/** What has to become of a place; `untouched` is not told. */
export type Verdict = 'untouched' | 'applied' | 'merged' | 'same' | 'conflict';

/** A list that is merged per item. */
export interface KeyedPlace {
  readonly tokens: readonly string[];
  readonly field: string;
  readonly base: Items;
  readonly mine: Items;
  readonly theirs: Items;
  readonly reordered: Exclude<Verdict, 'conflict'>;
}

/** The items of one side and their keys; a new item of mine has none. */
export interface Items {
  readonly items: readonly JsonValue[];
  readonly keys: readonly (string | undefined)[];
}

/** Everything that the rules say about a merge. */
export interface ExpectedMerge {
  readonly places: Place[];
  readonly lists: KeyedPlace[];
  readonly objects: { readonly tokens: readonly string[]; readonly names: ReadonlySet<string> }[];
}

type Value = JsonValue | undefined;
interface Walk extends ExpectedMerge {
  readonly unset: ReadonlySet<string>;
}

/** What the rules say about these sides. */
export function expectedMerge({ base, mine, theirs, unset }: Sides): ExpectedMerge {
  const walk: Walk = { places: [], lists: [], objects: [], unset: new Set(unset) };
  visit(walk, [], base, mine, theirs);
  return walk;
}

/** What a merge has to tell: one line of path and status for each change, in the order of the alphabet. */
export function expectedReport({ places, lists }: ExpectedMerge): string[] {
  const lines = [...places, ...lists.map((list) => ({ tokens: list.tokens, verdict: list.reordered }))];
  return lines
    .filter(({ verdict }) => verdict !== 'untouched')
    .map(({ tokens, verdict }) => `${pointerOf(tokens)} ${verdict}`)
    .sort();
}

function visit(walk: Walk, tokens: readonly string[], base: Value, mine: Value, theirs: Value): void {
  if (walk.unset.size > 0 && tokens.length > 0 && walk.unset.has(pointerOf(tokens))) {
    decide(walk, { tokens, base, mine: undefined, theirs }, base !== undefined || theirs !== undefined);
  } else if (isObject(mine) && isObject(theirs) && (base === undefined || isObject(base))) {
    const names = new Set([...Object.keys(base ?? {}), ...Object.keys(mine), ...Object.keys(theirs)]);
    walk.objects.push({ tokens, names });
    for (const name of names) {
      const before = base && own(base, name);
      const now = own(mine, name);
      visit(walk, [...tokens, name], before, now === undefined ? before : now, own(theirs, name));
    }
  } else {
    const list = alignedList(walk, tokens, base, mine, theirs);
    if (list === undefined) decide(walk, { tokens, base, mine, theirs }, isChanged(walk, tokens, base, mine, theirs));
    else visitList(walk, list);
  }
}

function decide(walk: Walk, place: Omit<Place, 'verdict'>, isMine: boolean): void {
  const isTheirs = !same(place.base, place.theirs);
  const both = isMine && isTheirs;
  let verdict: Verdict = isMine ? 'applied' : isTheirs ? 'merged' : 'untouched';
  if (both) verdict = same(place.mine, place.theirs) ? 'same' : 'conflict';
  walk.places.push({ ...place, verdict });
}

/** A member that mine leaves out is no change, also where theirs is gone or of another kind. */
function isChanged(walk: Walk, tokens: readonly string[], base: Value, mine: Value, theirs: Value): boolean {
  const kind = kindOf(base);
  if (kind === 'plain' || kind !== kindOf(mine) || kind === kindOf(theirs)) return !same(base, mine);
  const alone: Walk = { places: [], lists: [], objects: [], unset: walk.unset };
  visit(alone, tokens, base, mine, base);
  return expectedReport(alone).length > 0;
}

function kindOf(value: Value): string {
  return Array.isArray(value) ? 'list' : isObject(value) ? 'object' : 'plain';
}

function alignedList(
  walk: Walk,
  tokens: readonly string[],
  base: Value,
  mine: Value,
  theirs: Value,
): Omit<KeyedPlace, 'reordered'> | undefined {
  const before = base ?? [];
  if (!Array.isArray(before) || !Array.isArray(mine) || !Array.isArray(theirs)) return undefined;
  const { field, isDeclared } = listRule(tokens);
  if (field === false) return undefined;
  const [baseKeys, mineKeys, theirKeys] = [
    listKeys(before, field),
    listKeys(mine, field, true),
    listKeys(theirs, field),
  ];
  if (baseKeys === undefined || mineKeys === undefined || theirKeys === undefined) return undefined;
  const isKnown = [...baseKeys, ...mineKeys, ...theirKeys].some((key) => key !== undefined);
  if (!isDeclared && !isKnown) return undefined;
  const isKept = mineKeys.map(
    (key) => key === undefined || !walk.unset.has(pointerOf([...tokens, itemToken(field, key)])),
  );
  return {
    tokens,
    field,
    base: { items: before, keys: baseKeys },
    mine: {
      items: (mine as JsonValue[]).filter((_, index) => isKept[index]),
      keys: mineKeys.filter((_, index) => isKept[index]),
    },
    theirs: { items: theirs, keys: theirKeys },
  };
}

function visitList(walk: Walk, list: Omit<KeyedPlace, 'reordered'>): void {
  const { tokens, field, base, mine, theirs } = list;
  const isCommon = (key: string | undefined) =>
    key !== undefined && [base, mine, theirs].every(({ keys }) => keys.includes(key));
  const [was, my, their] = [base, mine, theirs].map(({ keys }) => keys.filter(isCommon).join('\n'));
  const verdicts = { mine: my !== was, theirs: their !== was };
  if (verdicts.mine && verdicts.theirs && my !== their) {
    walk.places.push({
      tokens,
      base: base.items,
      mine: mine.items,
      theirs: theirs.items,
      verdict: 'conflict',
    });
    return;
  }
  const reordered = verdicts.mine ? (verdicts.theirs ? 'same' : 'applied') : verdicts.theirs ? 'merged' : 'untouched';
  walk.lists.push({ ...list, reordered });
  const itemOf = (side: Items, key: string) => side.items[side.keys.indexOf(key)];
  for (const [index, key] of mine.keys.entries()) {
    if (key === undefined) decide(walk, { tokens: [...tokens, '-'], base: undefined, mine: mine.items[index], theirs: undefined }, true); // prettier-ignore
  }
  for (const key of new Set([...base.keys, ...mine.keys, ...theirs.keys])) {
    if (key === undefined) continue;
    const item = [...tokens, itemToken(field, key)];
    const [before, now, stored] = [itemOf(base, key), itemOf(mine, key), itemOf(theirs, key)];
    if (now !== undefined && stored !== undefined) visit(walk, item, before, now, stored);
    else decide(walk, { tokens: item, base: before, mine: now, theirs: stored }, isChanged(walk, item, before, now, stored)); // prettier-ignore
  }
}
