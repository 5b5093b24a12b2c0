/** The merge of a keyed list, item by item, linear in its length. */
import type { JsonValue } from '../json.ts';
import { alignKeys, alignSides, nowhere, type AlignedKeys } from './alignKeys.ts';
import { areAlike } from './areAlike.ts';
import { jsonEquals } from './jsonEquals.ts';
import { keyOf, readListKeys } from './listKeys.ts';
import { ofMine, orderItems, whoReordered } from './listOrder.ts';
import { itemNode, replaceList, type MergeNode } from './mergeNode.ts';
import { noteConflict, noteOutcome, type MergeReport } from './mergeReport.ts';
import { declaredValue, stepInto } from './patternTree.ts';
import { formatKeyToken } from './pointer.ts';

type Items = readonly JsonValue[];

/** A list that all sides agree to be keyed. */
export interface KeyedList {
  readonly field: string;
  readonly base: Items;
  readonly mine: { readonly items: Items; readonly keys: AlignedKeys };
  readonly theirs: { readonly items: Items; readonly keys: AlignedKeys };
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
  const { theirs } = node;
  if (!Array.isArray(node.mine) || !Array.isArray(theirs) || !Array.isArray(base)) return undefined;
  const rule = declaredValue(node.rules);
  if (rule === false) return undefined;
  const field = rule ?? 'id';
  const isKnown =
    rule !== undefined || base.length + theirs.length > 0 || node.mine.some((item) => keyOf(item, field) !== undefined);
  const baseKeys = isKnown ? readListKeys(base, field) : undefined;
  if (baseKeys === undefined) return undefined;
  const theirKeys = alignKeys(theirs, { field, base: baseKeys });
  if (theirKeys === undefined) return undefined;
  const mine = withoutUnset(node.mine, { field, unset: node.unset });
  const mineKeys = alignKeys(mine, { field, base: baseKeys, allowMissing: true });
  if (mineKeys === undefined) return undefined;
  return { field, base, mine: { items: mine, keys: mineKeys }, theirs: { items: theirs, keys: theirKeys } };
}

/** Merges the items of a keyed list. */
export function mergeList(report: MergeReport, node: MergeNode, walk: ListWalk): void {
  const { field, base, mine, theirs } = walk.list;
  if (!mine.keys.isLikeBase || !theirs.keys.isLikeBase) return mergeChangedList(report, node, walk);
  const mayLook = report.mayLook && node.unset === undefined;
  for (let slot = 0; slot < base.length; slot++) {
    const sides = { base: base[slot], mine: mine.items[slot], theirs: theirs.items[slot] };
    if (mayLook && areAlike(sides)) continue;
    walk.mergeValue(report, itemNode(node, { field, key: keyOf(sides.theirs, field), slot }, sides));
  }
}

/** The same for a list in which items came, went or moved. */
function mergeChangedList(report: MergeReport, node: MergeNode, walk: ListWalk): void {
  const { field, base, mine, theirs } = walk.list;
  const aligned = alignSides(mine.keys, theirs.keys);
  const reordered = whoReordered(aligned);
  if (reordered === 'differently') return noteConflict(report, node);
  if (reordered !== undefined) noteOutcome(report, node, reorderStatus[reordered]);

  const isDropped = aligned.theirsInMine.map((here, position) => {
    const before = theirs.keys.inBase[position] as number;
    return here === nowhere && before !== nowhere && jsonEquals(base[before], theirs.items[position]);
  });
  const order = orderItems({ sides: aligned, isDropped, isMineFirst: reordered === 'mine' });
  const isTheirList = order.length === theirs.items.length && order.every((entry, slot) => entry === slot);
  if (!isTheirList) {
    const valueOf = (entry: number) => (entry < 0 ? mine.items[ofMine(entry)] : theirs.items[entry]) as JsonValue;
    replaceList(node, order.map(valueOf));
  }

  const mayLook = report.mayLook && node.unset === undefined;
  for (let slot = 0; slot < order.length; slot++) {
    const entry = order[slot] as number;
    const here = entry < 0 ? ofMine(entry) : (aligned.theirsInMine[entry] as number);
    const before = entry < 0 ? nowhere : (theirs.keys.inBase[entry] as number);
    const sides = { base: itemAt(base, before), mine: itemAt(mine.items, here), theirs: itemAt(theirs.items, entry) };
    if (mayLook && areAlike(sides)) continue;
    const place = itemNode(node, { field, key: keyOf(sides.theirs ?? sides.mine, field), slot }, sides);
    if (sides.theirs === undefined) noteOutcome(report, place, 'applied');
    else if (sides.mine !== undefined) walk.mergeValue(report, place);
    else if (sides.base !== undefined) noteConflict(report, place);
    else noteOutcome(report, place, 'merged');
  }

  for (let before = 0; before < base.length; before++) {
    const there = theirs.keys.ofBase[before] as number;
    if (there !== nowhere && isDropped[there] !== true) continue;
    const here = mine.keys.ofBase[before] as number;
    const sides = { base: base[before], mine: itemAt(mine.items, here), theirs: itemAt(theirs.items, there) };
    const place = itemNode(node, { field, key: keyOf(sides.base, field), slot: nowhere }, sides);
    if (there !== nowhere) noteOutcome(report, place, 'applied');
    else if (here === nowhere) noteOutcome(report, place, 'same');
    else if (walk.isChangedByMine(place)) noteConflict(report, place);
    else noteOutcome(report, place, 'merged');
  }
}

const reorderStatus = { mine: 'applied', theirs: 'merged', alike: 'same' } as const;

/** Asked before reading: a list that is read at a negative index once is read slowly from then on. */
function itemAt(items: Items, position: number): JsonValue | undefined {
  return position < 0 ? undefined : items[position];
}

/** An item that mine asks to remove is treated as left out, which removes it. */
function withoutUnset(items: Items, options: { readonly field: string; readonly unset: MergeNode['unset'] }): Items {
  const { field, unset } = options;
  if (unset === undefined) return items;
  return items.filter((item) => {
    const key = keyOf(item, field);
    return key === undefined || declaredValue(stepInto(unset, formatKeyToken(field, key))) !== true;
  });
}
