/** In which order the items of a merged list stand. */
import type { ListKeys } from './listKeys.ts';

/** Where each key stands on each side. */
export interface ListPositions {
  readonly base: ReadonlyMap<string, number>;
  readonly mine: ReadonlyMap<string, number>;
  readonly theirs: ReadonlyMap<string, number>;
}

/**
 * Which side put the items that all three know into another order than base's; `undefined` when neither did.
 *
 * Shape   'alike' both, into the same one; 'differently' both, into different ones
 */
export function whoReordered(list: {
  readonly keys: { readonly mine: ListKeys; readonly theirs: ListKeys };
  readonly at: ListPositions;
}): 'mine' | 'theirs' | 'alike' | 'differently' | undefined {
  const { at, keys } = list;
  const mine = commonPositions(keys.mine, { base: at.base, other: at.theirs });
  const theirs = commonPositions(keys.theirs, { base: at.base, other: at.mine });
  const isMine = !isAscending(mine);
  const isTheirs = !isAscending(theirs);
  if (isMine && isTheirs) return mine.every((position, index) => position === theirs[index]) ? 'alike' : 'differently';
  if (isMine) return 'mine';
  return isTheirs ? 'theirs' : undefined;
}

/** An item of the merged list: a position in theirs, or one in mine for an item that only mine has. */
export type OrderedItem = { readonly theirs: number } | { readonly theirs?: undefined; readonly mine: number };

/** What the order is made of. */
export interface OrderItemsOptions {
  readonly mine: ListKeys;
  readonly theirs: ListKeys;
  readonly at: ListPositions;
  /** By position in theirs: the items that mine removed. */
  readonly isDropped: readonly boolean[];
  /** Only mine reordered, so its order leads and what only theirs has is placed into it. */
  readonly isMineFirst: boolean;
}

/**
 * The items of the merged list in their order.
 *
 * One side leads; what only the other side has follows the nearest item to its left there that is in the result. Where
 * both added after one neighbour, theirs come first.
 */
export function orderItems(options: OrderItemsOptions): OrderedItem[] {
  return options.isMineFirst ? followMine(options) : followTheirs(options);
}

function followTheirs({ mine, theirs, at, isDropped }: OrderItemsOptions): OrderedItem[] {
  const additions = new Map<number, OrderedItem[]>();
  let anchor = -1;
  mine.forEach((key, position) => {
    const there = key === undefined ? undefined : at.theirs.get(key);
    if (there !== undefined) anchor = there;
    else if (key === undefined || !at.base.has(key)) addTo(additions, { anchor, item: { mine: position } });
  });
  const order: OrderedItem[] = [];
  let following = additions.get(-1);
  theirs.forEach((key, position) => {
    if (isDropped[position] === true) return;
    const isAdditionOfTheirs = key !== undefined && !at.mine.has(key) && !at.base.has(key);
    if (!isAdditionOfTheirs) {
      append(order, following);
      following = additions.get(position);
    }
    order.push({ theirs: position });
  });
  append(order, following);
  return order;
}

function followMine({ mine, theirs, at, isDropped }: OrderItemsOptions): OrderedItem[] {
  const additions = new Map<number, OrderedItem[]>();
  let anchor = -1;
  theirs.forEach((key, position) => {
    const here = key === undefined ? undefined : at.mine.get(key);
    if (here !== undefined) anchor = here;
    else if (isDropped[position] !== true) addTo(additions, { anchor, item: { theirs: position } });
  });
  const order: OrderedItem[] = [];
  append(order, additions.get(-1));
  mine.forEach((key, position) => {
    const there = key === undefined ? undefined : at.theirs.get(key);
    if (there !== undefined) order.push({ theirs: there });
    else if (key === undefined || !at.base.has(key)) order.push({ mine: position });
    append(order, additions.get(position));
  });
  return order;
}

function addTo(
  additions: Map<number, OrderedItem[]>,
  addition: { readonly anchor: number; readonly item: OrderedItem },
): void {
  const there = additions.get(addition.anchor);
  if (there === undefined) additions.set(addition.anchor, [addition.item]);
  else there.push(addition.item);
}

/** One by one: spreading a long list into a call can exceed the call stack. */
function append(order: OrderedItem[], items: readonly OrderedItem[] | undefined): void {
  for (const item of items ?? []) order.push(item);
}

function commonPositions(
  keys: ListKeys,
  others: { readonly base: ReadonlyMap<string, number>; readonly other: ReadonlyMap<string, number> },
): number[] {
  const positions: number[] = [];
  for (const key of keys) {
    const position = key === undefined || !others.other.has(key) ? undefined : others.base.get(key);
    if (position !== undefined) positions.push(position);
  }
  return positions;
}

function isAscending(positions: readonly number[]): boolean {
  return positions.every((position, index) => index === 0 || position > (positions[index - 1] as number));
}
