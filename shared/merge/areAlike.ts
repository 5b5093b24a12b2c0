/** A quick look that spares most of a record the walk of a merge. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';

/**
 * How many values one look may visit. It bounds the price of a look that ends in "not alike", so that looking at every
 * level of a deep record stays linear, and the recursion with it; an item of a usual list is well below.
 */
const maxVisited = 64;

/** Three values of one place. */
export interface ThreeSides {
  readonly base: JsonValue | undefined;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
}

/**
 * True when all three are surely the same JSON; false also when they are too large for a quick look.
 *
 * Limits  right only while `inheritNothing()`: the look reads members without asking whose they are
 */
export function areAlike(sides: ThreeSides): boolean {
  return visit(sides.base, sides.mine, sides.theirs, maxVisited) >= 0;
}

/** False when somebody has added enumerable members to the prototype of all objects. */
export function inheritNothing(): boolean {
  for (const _ in Object.prototype) return false;
  return true;
}

/** What is left of the allowance, or -1 when the sides differ or it is used up. Positional, to spare an object a value. */
function visit(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
  c: JsonValue | undefined,
  allowance: number,
): number {
  if (a === b && b === c) return allowance;
  if (Array.isArray(a)) return Array.isArray(b) && Array.isArray(c) ? visitItems(a, b, c, allowance) : -1;
  return isJsonObject(a) && isJsonObject(b) && isJsonObject(c) ? visitMembers(a, b, c, allowance) : -1;
}

type List = readonly JsonValue[];

function visitItems(a: List, b: List, c: List, allowance: number): number {
  if (a.length !== b.length || b.length !== c.length) return -1;
  let left = allowance - a.length;
  for (let index = 0; index < a.length && left >= 0; index++) left = visit(a[index], b[index], c[index], left);
  return left;
}

function visitMembers(a: JsonObject, b: JsonObject, c: JsonObject, allowance: number): number {
  let left = allowance;
  let count = 0;
  // Twice as fast as a list of names.
  for (const name in a) {
    if (--left < 0) return left;
    count++;
    const value = a[name];
    if (value === b[name] && value === c[name]) continue;
    // Every object inherits a `__proto__`, which must not pass for a member.
    if (typeof value !== 'object' || name === '__proto__') return -1;
    left = visit(value, b[name], c[name], left);
    if (left < 0) return left;
  }
  // All of a's members are in the others, so that an equal number says that there are no more.
  return count === Object.keys(b).length && count === Object.keys(c).length ? left : -1;
}
