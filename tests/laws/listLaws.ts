/** The laws of keyed lists: who stays, and in which order. */
import type { JsonValue } from '../../shared/json.ts';
import { declarations } from './declaredLists.ts';
import { expectedMerge, type Items, type KeyedPlace } from './expectedMerge.ts';
import { demand, law, type Law } from './law.ts';
import { at, keyOf, pointerOf, same } from './plainJson.ts';
import type { EditKind } from './randomEdits.ts';
import { randomList } from './randomRecord.ts';
import { randomSides } from './randomSides.ts';

const listEdits: readonly EditKind[] = ['add', 'add', 'remove', 'move', 'move', 'set', 'clear'];
const show = (value: unknown): string => JSON.stringify(value);

/** The laws. */
export const listLaws: readonly Law[] = [
  law({
    name: 'the items of a list stand where the rules say: the order of who moved, an addition after its left neighbour, theirs first',
    input: randomSides({ base: randomList, mine: [...listEdits, 'new'], theirs: listEdits }),
    holds(engine, sides) {
      const { merged } = engine.merge({ ...sides, ...declarations });
      for (const list of expectedMerge(sides).lists) {
        const result = namesOf(at(merged, list.tokens) as readonly JsonValue[], list.field);
        const wanted = expectedOrder(list);
        // Two equal items without a key cannot be told apart, wherever they stand.
        const plain = (names: readonly string[]) => names.map((name) => name.replace(/( again)+$/, ''));
        demand(
          same(plain(result), plain(wanted)),
          () => `${pointerOf(list.tokens)}: ${show(result)} instead of ${show(wanted)}`,
        );
      }
    },
  }),
  law({
    name: 'a list that one side alone reordered keeps the order of that side',
    input: randomSides({
      base: randomList,
      mine: ['move', 'set', 'add', 'remove'],
      theirs: ['set', 'add', 'remove', 'name'],
    }),
    holds(engine, sides) {
      const { merged } = engine.merge({ ...sides, ...declarations });
      for (const { tokens, field, mine, reordered } of expectedMerge(sides).lists) {
        if (reordered !== 'applied') continue;
        const keys = (at(merged, tokens) as readonly JsonValue[]).map((item) => keyOf(item, field));
        const [left, right] = [
          keys.filter((key) => mine.keys.includes(key)),
          mine.keys.filter((key) => keys.includes(key)),
        ];
        demand(same(left, right), () => `${pointerOf(tokens)}: ${show(left)} instead of ${show(right)}`);
      }
    },
  }),
  law({
    name: 'two who put a list into different orders have a conflict of the list, which keeps theirs',
    input: randomSides({ base: randomList, mine: ['move', 'move', 'set'], theirs: ['move', 'move', 'set'] }),
    holds(engine, sides) {
      const { merged, conflicts } = engine.merge({ ...sides, ...declarations });
      for (const { tokens, verdict, theirs } of expectedMerge(sides).places) {
        if (verdict !== 'conflict' || !Array.isArray(theirs)) continue;
        demand(same(at(merged, tokens), theirs), () => `${pointerOf(tokens)} is not theirs`);
        const isTold = conflicts.some(({ path }) => path === pointerOf(tokens));
        demand(isTold, () => `${pointerOf(tokens)} is no conflict`);
      }
    },
  }),
  law({
    name: 'what either side adds to a list stays, and what one removes that nobody touched goes',
    input: randomSides({ base: randomList, mine: ['add', 'remove', 'set', 'new'], theirs: ['add', 'remove', 'set'] }),
    holds(engine, sides) {
      const { merged } = engine.merge({ ...sides, ...declarations });
      for (const { tokens, field, base, mine, theirs } of expectedMerge(sides).lists) {
        const list = at(merged, tokens) as readonly JsonValue[];
        const result = list.map((item) => keyOf(item, field));
        const fresh = [...mine.keys, ...theirs.keys].filter((key) => key !== undefined && !base.keys.includes(key));
        const lost = fresh.filter((key) => !result.includes(key));
        demand(lost.length === 0, () => `${pointerOf(tokens)} lost ${show(lost)}`);
        const gone = base.keys.filter((key, index) => {
          const [my, their] = [itemOf(mine, key), itemOf(theirs, key)];
          const untouched = my === undefined ? their : their === undefined ? my : undefined;
          return same(untouched, base.items[index]) && (my === undefined) !== (their === undefined);
        });
        const back = gone.filter((key) => result.includes(key));
        demand(back.length === 0, () => `${pointerOf(tokens)} still has ${show(back)}`);
        const news = mine.keys.filter((key) => key === undefined).length;
        demand(result.filter((key) => key === undefined).length === news, () => `${pointerOf(tokens)}: new items`);
      }
    },
  }),
  law({
    name: 'a key is the same as number and as text',
    input: randomSides({ base: randomList, mine: ['rekey', 'set', 'move'], theirs: ['set', 'rekey', 'remove'] }),
    holds(engine, sides) {
      const { outcomes } = engine.merge({ ...sides, ...declarations });
      for (const { tokens, field, base, mine } of expectedMerge(sides).lists) {
        const path = pointerOf(tokens);
        for (const key of mine.keys) {
          if (key === undefined || !base.keys.includes(key)) continue;
          const item = pointerOf([...tokens, `[${field}=${key}]`]);
          const isAdded = outcomes.some((outcome) => outcome.path === item && outcome.status === 'applied');
          demand(!isAdded, () => `${path} took ${key} for another item`);
        }
      }
    },
  }),
];

const itemOf = (side: Items, key: string | undefined): JsonValue | undefined => side.items[side.keys.indexOf(key)];

/** The keys of the items; one that is new and has none is named by what is in it, and by a number where there are several. */
function namesOf(items: readonly JsonValue[], field: string): string[] {
  const names: string[] = [];
  for (const item of items) {
    const key = keyOf(item, field);
    let name = key === undefined ? `new ${show(item)}` : `key ${key}`;
    while (names.includes(name)) name += ' again';
    names.push(name);
  }
  return names;
}

/** The order by the rules, found by inserting one addition after the other. */
function expectedOrder(list: KeyedPlace): string[] {
  const { field, base, mine, theirs } = list;
  const isLedByMine = list.reordered === 'applied';
  const [leader, follower] = isLedByMine ? [mine, theirs] : [theirs, mine];
  const named = (side: Items) => namesOf(side.items, field);
  const [inBase, inMine, inTheirs] = [named(base), named(mine), named(theirs)];
  const stays = (name: string): boolean => {
    const [was, my, their] = [inBase, inMine, inTheirs].map((names) => names.indexOf(name));
    if (their === -1) return was === -1;
    return my !== -1 || was === -1 || !same(base.items[was as number], theirs.items[their as number]);
  };
  const order = named(leader).filter(stays);
  const isOnlyTheirs = (name: string | undefined): boolean =>
    name !== undefined && !inMine.includes(name) && !inBase.includes(name);
  const followed = named(follower);
  const added = new Set<string>();
  for (const [index, name] of followed.entries()) {
    if (!stays(name) || order.includes(name)) continue;
    const left = followed.slice(0, index).findLast((other) => order.includes(other));
    let place = left === undefined ? 0 : order.indexOf(left) + 1;
    // Where both added after one neighbour, theirs come first; behind an addition of one's own there is nobody else's.
    if (!isLedByMine && (left === undefined || !added.has(left))) while (isOnlyTheirs(order[place])) place++;
    order.splice(place, 0, name);
    added.add(name);
  }
  return order;
}
