/** In which order the items of a merged list stand. */
import { nowhere, type AlignedKeys, type AlignedSides } from './alignKeys.ts';

/**
 * Which side put the items that all three know into another order than base's; `undefined` when neither did.
 *
 * Shape   'alike' both, into the same one; 'differently' both, into different ones
 */
export function whoReordered(sides: AlignedSides): 'mine' | 'theirs' | 'alike' | 'differently' | undefined {
  const isMine = isReordered(sides.mine, sides.mineInTheirs);
  const isTheirs = isReordered(sides.theirs, sides.theirsInMine);
  if (isMine && isTheirs) {
    const theirs = commonPositions(sides.theirs, sides.theirsInMine);
    const isAlike = commonPositions(sides.mine, sides.mineInTheirs).every(
      (position, index) => position === theirs[index],
    );
    return isAlike ? 'alike' : 'differently';
  }
  if (isMine) return 'mine';
  return isTheirs ? 'theirs' : undefined;
}

/** What the order is made of. */
export interface OrderItemsOptions {
  readonly sides: AlignedSides;
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
 *
 * Shape   each is a position in theirs or, for an item that only mine has, a position in mine as `ofMine` writes it
 */
export function orderItems(options: OrderItemsOptions): number[] {
  return options.isMineFirst ? followMine(options) : followTheirs(options);
}

/** Writes a position in mine so that it cannot be taken for one in theirs, or reads it back: it is its own inverse. */
export function ofMine(position: number): number {
  return -1 - position;
}

function followTheirs({ sides, isDropped }: OrderItemsOptions): number[] {
  const { mine, theirs, mineInTheirs, theirsInMine } = sides;
  const additions = new Map<number, number[]>();
  let anchor = nowhere;
  for (let position = 0; position < mineInTheirs.length; position++) {
    const there = mineInTheirs[position] as number;
    if (there !== nowhere) anchor = there;
    else if (mine.inBase[position] === nowhere) addTo(additions, anchor, ofMine(position));
  }
  const order: number[] = [];
  let following = additions.get(nowhere);
  for (let position = 0; position < theirsInMine.length; position++) {
    if (isDropped[position] === true) continue;
    const isAdditionOfTheirs = theirs.inBase[position] === nowhere && theirsInMine[position] === nowhere;
    if (!isAdditionOfTheirs) {
      append(order, following);
      following = additions.get(position);
    }
    order.push(position);
  }
  append(order, following);
  return order;
}

function followMine({ sides, isDropped }: OrderItemsOptions): number[] {
  const { mine, mineInTheirs, theirsInMine } = sides;
  const additions = new Map<number, number[]>();
  let anchor = nowhere;
  for (let position = 0; position < theirsInMine.length; position++) {
    const here = theirsInMine[position] as number;
    if (here !== nowhere) anchor = here;
    else if (isDropped[position] !== true) addTo(additions, anchor, position);
  }
  const order: number[] = [];
  append(order, additions.get(nowhere));
  for (let position = 0; position < mineInTheirs.length; position++) {
    const there = mineInTheirs[position] as number;
    if (there !== nowhere) order.push(there);
    else if (mine.inBase[position] === nowhere) order.push(ofMine(position));
    append(order, additions.get(position));
  }
  return order;
}

function addTo(additions: Map<number, number[]>, anchor: number, item: number): void {
  const there = additions.get(anchor);
  if (there === undefined) additions.set(anchor, [item]);
  else there.push(item);
}

/** One by one: spreading a long list into a call can exceed the call stack. */
function append(order: number[], items: readonly number[] | undefined): void {
  if (items !== undefined) for (const item of items) order.push(item);
}

/** Whether the items that all three know stand in another order than base's. */
function isReordered(side: AlignedKeys, inOther: readonly number[]): boolean {
  let last = nowhere;
  for (let position = 0; position < inOther.length; position++) {
    const before = side.inBase[position] as number;
    if (before === nowhere || inOther[position] === nowhere) continue;
    if (before < last) return true;
    last = before;
  }
  return false;
}

function commonPositions(side: AlignedKeys, inOther: readonly number[]): number[] {
  return side.inBase.filter((before, position) => before !== nowhere && inOther[position] !== nowhere);
}
