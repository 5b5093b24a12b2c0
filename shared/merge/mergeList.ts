/** The merge of a keyed list, item by item, linear in its length. */
import type { JsonValue } from '../json.ts';
import { areAlike } from './areAlike.ts';
import { jsonEquals } from './jsonEquals.ts';
import { positionsOf, readListKeys, type ListKeys } from './listKeys.ts';
import { orderItems, whoReordered, type OrderedItem } from './listOrder.ts';
import { itemNode, replaceList, type MergeNode, type Sides } from './mergeNode.ts';
import { noteConflict, noteOutcome, type MergeReport } from './mergeReport.ts';
import { declaredValue, stepInto } from './patternTree.ts';
import { formatKeyToken } from './pointer.ts';

/** One side of a keyed list. */
export interface KeyedItems {
  readonly items: readonly JsonValue[];
  readonly keys: ListKeys;
}

/** A list that all sides agree to be keyed. */
export interface KeyedList {
  readonly field: string;
  readonly base: KeyedItems;
  readonly mine: KeyedItems;
  readonly theirs: KeyedItems;
}

/** What the list hands back to the walk, so that the two know each other in one direction only. */
export interface ListWalk {
  readonly list: KeyedList;
  readonly mergeValue: (report: MergeReport, node: MergeNode) => void;
  readonly isChangedByMine: (node: MergeNode) => boolean;
}

/**
 * The three sides as a keyed list, or `undefined` when the place is one value.
 *
 * Shape   an empty list is keyed if declared or if another side is; an item of mine without a key is new
 */
export function alignList(node: MergeNode): KeyedList | undefined {
  const base = node.base ?? [];
  const { mine, theirs } = node;
  if (!Array.isArray(mine) || !Array.isArray(theirs) || !Array.isArray(base)) return undefined;
  const rule = declaredValue(node.rules);
  if (rule === false) return undefined;
  const field = rule ?? 'id';
  const baseKeys = readListKeys(base, { field });
  const theirKeys = baseKeys && readListKeys(theirs, { field, like: baseKeys });
  const mineKeys = theirKeys && readListKeys(mine, { field, like: baseKeys, allowMissing: true });
  if (baseKeys === undefined || theirKeys === undefined || mineKeys === undefined) return undefined;
  const isKnown =
    rule !== undefined || baseKeys.length + theirKeys.length > 0 || mineKeys.some((key) => key !== undefined);
  if (!isKnown) return undefined;
  return {
    field,
    base: { items: base, keys: baseKeys },
    mine: withoutUnset({ items: mine, keys: mineKeys }, { field, unset: node.unset }),
    theirs: { items: theirs, keys: theirKeys },
  };
}

/** Merges the items of a keyed list. */
export function mergeList(report: MergeReport, node: MergeNode, walk: ListWalk): void {
  const { base, mine, theirs } = walk.list;
  if (base.keys !== mine.keys || base.keys !== theirs.keys) return mergeChangedList(report, node, walk);
  for (let slot = 0; slot < theirs.items.length; slot++) {
    const sides = { base: base.items[slot], mine: mine.items[slot], theirs: theirs.items[slot] };
    if (node.unset === undefined && areAlike(sides)) continue;
    walk.mergeValue(report, itemNode(node, { field: walk.list.field, key: theirs.keys[slot], slot }, sides));
  }
}

/** The same for a list in which items came, went or moved. */
function mergeChangedList(report: MergeReport, node: MergeNode, walk: ListWalk): void {
  const { field, base, mine, theirs } = walk.list;
  const before = positionsOf(base.keys);
  const at = {
    base: before,
    mine: mine.keys === base.keys ? before : positionsOf(mine.keys),
    theirs: theirs.keys === base.keys ? before : positionsOf(theirs.keys),
  };
  const reordered = whoReordered({ keys: { mine: mine.keys, theirs: theirs.keys }, at });
  if (reordered === 'differently') return noteConflict(report, node);
  if (reordered !== undefined) noteOutcome(report, node, reorderStatus[reordered]);

  // Only an item of mine can be without a key, and it is never looked up.
  const sidesOf = (key: string | undefined): Sides => ({
    base: base.items[at.base.get(key ?? '') ?? -1],
    mine: mine.items[at.mine.get(key ?? '') ?? -1],
    theirs: theirs.items[at.theirs.get(key ?? '') ?? -1],
  });

  const isDropped = theirs.keys.map((key) => {
    const sides = sidesOf(key);
    return sides.mine === undefined && sides.base !== undefined && jsonEquals(sides.base, sides.theirs);
  });
  const order = orderItems({ mine: mine.keys, theirs: theirs.keys, at, isDropped, isMineFirst: reordered === 'mine' });
  const isTheirList = order.length === theirs.items.length && order.every((entry, slot) => entry.theirs === slot);
  if (!isTheirList)
    replaceList(
      node,
      order.map((entry) => itemAt(walk.list, entry)),
    );

  for (const [slot, entry] of order.entries()) {
    const key = entry.theirs === undefined ? mine.keys[entry.mine] : theirs.keys[entry.theirs];
    const sides =
      key === undefined ? { base: undefined, mine: itemAt(walk.list, entry), theirs: undefined } : sidesOf(key);
    if (node.unset === undefined && areAlike(sides)) continue;
    const place = itemNode(node, { field, key, slot }, sides);
    if (sides.theirs === undefined) noteOutcome(report, place, 'applied');
    else if (sides.mine !== undefined) walk.mergeValue(report, place);
    else if (sides.base !== undefined) noteConflict(report, place);
    else noteOutcome(report, place, 'merged');
  }

  for (const key of base.keys) {
    const sides = sidesOf(key);
    if (sides.theirs !== undefined && isDropped[at.theirs.get(key ?? '') ?? -1] !== true) continue;
    const place = itemNode(node, { field, key, slot: -1 }, sides);
    if (sides.theirs !== undefined) noteOutcome(report, place, 'applied');
    else if (sides.mine === undefined) noteOutcome(report, place, 'same');
    else if (walk.isChangedByMine(place)) noteConflict(report, place);
    else noteOutcome(report, place, 'merged');
  }
}

const reorderStatus = { mine: 'applied', theirs: 'merged', alike: 'same' } as const;

function itemAt(list: KeyedList, entry: OrderedItem): JsonValue {
  return (entry.theirs === undefined ? list.mine.items[entry.mine] : list.theirs.items[entry.theirs]) as JsonValue;
}

/** An item that mine asks to remove is treated as left out, which removes it. */
function withoutUnset(
  side: KeyedItems,
  options: { readonly field: string; readonly unset: MergeNode['unset'] },
): KeyedItems {
  const { field, unset } = options;
  if (unset === undefined) return side;
  const isKept = side.keys.map(
    (key) => key === undefined || declaredValue(stepInto(unset, formatKeyToken(field, key))) !== true,
  );
  if (!isKept.includes(false)) return side;
  return {
    items: side.items.filter((_, position) => isKept[position]),
    keys: side.keys.filter((_, position) => isKept[position]),
  };
}
