import type { ChangeEntry } from '../../../backend/log/entry.ts';
import type { JsonValue } from '../../../shared/json.ts';
import { fieldsOf, isWithin } from './fieldsOf.ts';

/** One thing that a person typed. Every typed value is used once, so that a value in the log says who typed it. */
export interface Intent {
  readonly writer: string;
  /** A plain field, or an item that was added or removed. */
  readonly path: string;
  /** `undefined` for an item that was removed. */
  readonly value: JsonValue | undefined;
  /** When the writer first saw or typed a value of a field, written `path=value`; grows while the page is open. */
  readonly seen: ReadonlyMap<string, number>;
  /** When this was typed; what was seen later counts only if it was seen in a conflict that the writer decided. */
  readonly typedAt: number;
  readonly decided: Set<string>;
  /** Set when the writer gave it up: typed over, or decided for the other side of a conflict. */
  isGivenUp: boolean;
  /** Not typed, but kept against the other side of a conflict: everything at and inside of the path. */
  readonly isDecision?: boolean;
}

/** How a field with its value is written down. */
export function known(path: string, value: JsonValue | undefined): string {
  return `${path}=${JSON.stringify(value)}`;
}

/**
 * What is wrong with a history, given what people typed; empty when it keeps the promise.
 *
 * Lost       a thing that was typed and never given up is in no version
 * Reverted   a version replaces a value, and whoever made it had neither typed the new one nor known the old one
 * Protected  a protected field has another value than at the start
 * Counted    a version is missing, or a key was applied twice
 */
export function faultsOf(changes: readonly ChangeEntry[], intents: readonly Intent[]): string[] {
  const faults: string[] = [];
  const histories = changes.map((change) => fieldsOf(change.record ?? {}));
  const keys = changes.flatMap((change) => change.mutationId ?? []);
  if (new Set(keys).size !== keys.length) faults.push(`a key was applied twice: ${keys.join(' ')}`);
  for (const [index, change] of changes.entries()) {
    if (change.version !== index + 1) faults.push(`version ${change.version} stands at place ${index + 1}`);
    const [before, after] = [histories[index - 1], histories[index] as Map<string, JsonValue>];
    if (before === undefined) continue;
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(path), after.get(path)];
      if (old === now) continue;
      const fault = faultOfStep({ path, old, now, writer: change.actor.name }, before, after, intents);
      if (fault !== undefined) faults.push(`version ${change.version}: ${fault}`);
    }
  }
  for (const { isGivenUp, path, value, writer } of intents) {
    if (isGivenUp || path.endsWith('joinDate')) continue;
    const isStored = histories.some((fields) => fields.get(path) === value);
    if (!isStored) faults.push(`lost: ${writer} typed ${known(path, value)}`);
  }
  return faults;
}

interface Step {
  readonly path: string;
  readonly old: JsonValue | undefined;
  readonly now: JsonValue | undefined;
  readonly writer: string;
}

function faultOfStep(
  { path, old, now, writer }: Step,
  before: ReadonlyMap<string, JsonValue>,
  after: ReadonlyMap<string, JsonValue>,
  intents: readonly Intent[],
): string | undefined {
  const item = /^\/members\/[^/]+/.exec(path)?.[0];
  const own = intents.filter((intent) => intent.writer === writer);
  const change = `${known(path, old)} became ${JSON.stringify(now)} by ${writer}`;
  const isDecided = own.some(
    (intent) =>
      intent.isDecision === true &&
      isWithin(path, intent.path) &&
      (old === undefined || intent.decided.has(known(path, old))),
  );
  const isWithItem = item !== undefined && before.has(item) !== after.has(item);
  if (isDecided && (!path.endsWith('joinDate') || isWithItem)) return undefined;
  if (now === undefined) {
    const removal = own.find((intent) => intent.value === undefined && intent.path === item);
    if (removal === undefined) return `nobody removed it: ${change}`;
    return knows(removal, known(path, old)) ? undefined : `removed unseen: ${change}`;
  }
  if (item !== undefined && !before.has(item)) {
    // A new item comes with all its fields; a writer who never added it brings back what somebody removed.
    const isAdded = own.some((intent) => intent.path === item && intent.value === 'there');
    return isAdded ? undefined : `nobody added it: ${change}`;
  }
  if (path.endsWith('joinDate')) return `protected: ${change}`;
  const typed = own.find((intent) => intent.path === path && intent.value === now);
  if (typed === undefined) return `nobody typed it: ${change}`;
  return knows(typed, known(path, old)) ? undefined : `overwritten unseen: ${change}`;
}

function knows({ seen, typedAt, decided }: Intent, line: string): boolean {
  return (seen.get(line) ?? Number.POSITIVE_INFINITY) <= typedAt || decided.has(line);
}

/** Marks what a writer decided against: everything of one save at or under a path of a conflict. */
export function giveUp(intents: readonly Intent[], path: string): void {
  for (const intent of intents) if (isWithin(intent.path, path) || isWithin(path, intent.path)) intent.isGivenUp = true;
}
