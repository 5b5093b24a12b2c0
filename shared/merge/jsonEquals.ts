/** Equality of JSON values, as the merge, `test` of a JSON Patch and the diff understand it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { ownMember } from './ownMember.ts';

/**
 * True when both are the same JSON.
 *
 * Shape   the order of object members does not count, -0 equals 0, an absent value (`undefined`) equals only itself
 * Limits  any depth: what is still to compare waits on a list, not on the call stack
 */
export function jsonEquals(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b)) return false;
  const pending: Container[] = [a, b];
  for (let right = pending.pop(); right !== undefined; right = pending.pop()) {
    const left = pending.pop() as Container;
    const same = Array.isArray(left) ? itemsEqual(left, right, pending) : membersEqual(left, right, pending);
    if (!same) return false;
  }
  return true;
}

type Container = readonly JsonValue[] | JsonObject;

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

function itemsEqual(left: readonly JsonValue[], right: Container, pending: Container[]): boolean {
  if (!Array.isArray(right) || left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (!equalOrPending(left[index], right[index], pending)) return false;
  }
  return true;
}

function membersEqual(left: Container, right: Container, pending: Container[]): boolean {
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  for (const name of names) {
    if (!equalOrPending(left[name], ownMember(right, name), pending)) return false;
  }
  return true;
}

function equalOrPending(left: JsonValue | undefined, right: JsonValue | undefined, pending: Container[]): boolean {
  if (left === right) return true;
  if (!isContainer(left) || !isContainer(right)) return false;
  pending.push(left, right);
  return true;
}
