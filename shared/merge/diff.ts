/** The JSON Patch that leads from one record to another. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { diffList } from './diffList.ts';
import { jsonEquals } from './jsonEquals.ts';
import type { JsonPatchOperation } from './jsonPatchOperation.ts';
import { ownMember } from './ownMember.ts';
import { pathOf, type PathStep } from './pathStep.ts';

/** One place where the two sides are still to be compared. */
interface Pair {
  readonly step: PathStep;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/**
 * The operations that turn `before` into `after`, applied in order.
 *
 * Shape   add, remove and replace only, with index paths. A list whose items have ids is followed by id; of any other
 *         the equal start and end are left alone. Members and items that did not change are not mentioned
 * Limits  any depth; inputs are never changed
 * Source  RFC 6902
 */
export function diff(before: JsonValue, after: JsonValue): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  const top: PathStep = { parent: undefined, name: '', field: undefined, path: '' };
  const pending: Pair[] = [{ step: top, before, after }];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    if (pair.before === pair.after) continue;
    // A container's own operations come before those inside it, so that the indexes inside are already the final ones.
    const inside = compare(pair, operations);
    for (let next = inside.pop(); next !== undefined; next = inside.pop()) pending.push(next);
  }
  return operations;
}

/** Writes what happened to the container itself and gives back what is still to be compared inside. */
function compare(pair: Pair, operations: JsonPatchOperation[]): Pair[] {
  const { before, after, step } = pair;
  if (isJsonObject(before) && isJsonObject(after)) return compareMembers({ step, before, after }, operations);
  if (Array.isArray(before) && Array.isArray(after)) {
    const { removed, added, kept } = diffList(before, after);
    for (const index of removed) operations.push({ op: 'remove', path: pathOf(below(step, index)) });
    for (const index of added) {
      operations.push({ op: 'add', path: pathOf(below(step, index)), value: after[index] as JsonValue });
    }
    return kept.map(([from, to]) => ({
      step: below(step, to),
      before: before[from] as JsonValue,
      after: after[to] as JsonValue,
    }));
  }
  if (!jsonEquals(before, after)) operations.push({ op: 'replace', path: pathOf(step), value: after });
  return [];
}

function compareMembers(
  { step, before, after }: { readonly step: PathStep; readonly before: JsonObject; readonly after: JsonObject },
  operations: JsonPatchOperation[],
): Pair[] {
  const inside: Pair[] = [];
  for (const name of Object.keys(before)) {
    const now = ownMember(after, name);
    if (now === undefined) operations.push({ op: 'remove', path: pathOf(below(step, name)) });
    else if (now !== before[name])
      inside.push({ step: below(step, name), before: before[name] as JsonValue, after: now });
  }
  for (const name of Object.keys(after)) {
    if (Object.hasOwn(before, name)) continue;
    operations.push({ op: 'add', path: pathOf(below(step, name)), value: after[name] as JsonValue });
  }
  return inside;
}

function below(parent: PathStep, name: string | number): PathStep {
  return { parent, name, field: undefined, path: undefined };
}
