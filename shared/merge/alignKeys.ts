/** How the items of one side of a keyed list stand to those of base. */
import { isJsonObject, type JsonValue } from '../json.ts';
import { keyOf, type ListKeys } from './listKeys.ts';

/** No position: the item is not there. */
export const nowhere = -1;

/** One side of a keyed list, each of its items found in base by key. */
export interface AlignedKeys {
  /** By position in this side: the item's position in base, or `nowhere`. */
  readonly inBase: readonly number[];
  /** By position in base: the item's position in this side, or `nowhere`. */
  readonly ofBase: readonly number[];
  /** Positions of the items that base has not, by key; those without a key are not among them. */
  readonly added: ReadonlyMap<string, number>;
  /** Nobody added, removed or moved an item. */
  readonly isLikeBase: boolean;
}

/** What to align with. */
export interface AlignKeysOptions {
  readonly field: string;
  readonly base: ListKeys;
  /** An item without a key is new and does not make the list unkeyed. Default false. */
  readonly allowMissing?: boolean;
}

/**
 * Finds the items of a list in base, or gives `undefined` when the list is not keyed.
 *
 * Shape   keyed as in `readListKeys`
 */
export function alignKeys(list: readonly JsonValue[], options: AlignKeysOptions): AlignedKeys | undefined {
  const { field, base, allowMissing = false } = options;
  const inBase: number[] = [];
  const ofBase: number[] = base.keys.map(() => nowhere);
  const added = new Map<string, number>();
  let next = 0;
  let isLikeBase = list.length === base.keys.length;
  for (let position = 0; position < list.length; position++) {
    const item = list[position];
    const key = keyOf(item, field);
    if (key === undefined && !(allowMissing && isNew(item, field))) return undefined;
    // Most items stand right after the one before them: that spares the look into the map.
    const found = key === undefined ? nowhere : base.keys[next] === key ? next : (base.positions.get(key) ?? nowhere);
    if (found !== position) isLikeBase = false;
    if (found !== nowhere) {
      if (ofBase[found] !== nowhere) return undefined;
      ofBase[found] = position;
      next = found + 1;
    } else if (key !== undefined) {
      if (added.has(key)) return undefined;
      added.set(key, position);
    }
    inBase.push(found);
  }
  return { inBase, ofBase, added, isLikeBase };
}

/** An item whose key is still to be given; a key of another kind is no key and no absence. */
function isNew(item: JsonValue | undefined, field: string): boolean {
  return isJsonObject(item) && (item[field] === undefined || item[field] === null);
}

/** Both sides of a keyed list, each item found in base and on the other side. */
export interface AlignedSides {
  readonly mine: AlignedKeys;
  readonly theirs: AlignedKeys;
  /** By position in mine, the item's position in theirs, or `nowhere`; and the other way round. */
  readonly mineInTheirs: readonly number[];
  readonly theirsInMine: readonly number[];
}

/** Finds the items of each side on the other one. */
export function alignSides(mine: AlignedKeys, theirs: AlignedKeys): AlignedSides {
  return { mine, theirs, mineInTheirs: positionsIn(theirs, mine), theirsInMine: positionsIn(mine, theirs) };
}

function positionsIn(other: AlignedKeys, side: AlignedKeys): number[] {
  const positions = side.inBase.map((position) => (position === nowhere ? nowhere : other.ofBase[position]) as number);
  for (const [key, position] of side.added) positions[position] = other.added.get(key) ?? nowhere;
  return positions;
}
