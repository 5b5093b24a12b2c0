import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { choiceRow, readChoices, type Choices } from './choices.ts';
import { listKeys, listRule } from './declaredLists.ts';
import type { Sides } from './expectedMerge.ts';
import { frozen, isObject, itemToken, own, pointerOf, put } from './plainJson.ts';
import { edited, usualEdits, type EditKind } from './randomEdits.ts';
import { randomRecord } from './randomRecord.ts';

/** What the two people do to the record. */
export interface SidesOptions {
  readonly mine?: readonly EditKind[];
  readonly theirs?: readonly EditKind[];
  /** What both start from. Default a random record. */
  readonly base?: (choices: Choices) => JsonObject;
  /** Only mine may have items without a key; a law that exchanges the sides has none. Default false. */
  readonly hasNewItems?: boolean;
}

/** A record and what two people made of it, frozen, so that a write to an input fails every law. */
export function randomSides(options: SidesOptions = {}): fc.Arbitrary<Sides> {
  const { theirs = usualEdits, hasNewItems = false, base: build = randomRecord } = options;
  const mine = options.mine ?? (hasNewItems ? [...usualEdits, 'new' as const] : usualEdits);
  return fc.tuple(choiceRow(120), choiceRow(32), choiceRow(32)).map(([record, my, their]) => {
    const base = build(readChoices(record));
    return frozen(
      withUnset({ base, mine: edited(base, readChoices(my), mine), theirs: edited(base, readChoices(their), theirs) }),
    );
  });
}

/** The sides with the members that mine lacks named as removed: leaving them out alone would mean "unchanged". */
export function withUnset(sides: Omit<Sides, 'unset'>): Sides {
  return { ...sides, unset: removedMembers(sides.base, sides.mine) };
}

/** Pointers of the members that `before` has and `after` lacks. */
export function removedMembers(before: JsonObject, after: JsonObject): string[] {
  const removed: string[] = [];
  const visit = (was: JsonValue, is: JsonValue | undefined, tokens: readonly string[]): void => {
    if (was === is) return;
    if (isObject(was) && isObject(is)) {
      for (const name of Object.keys(was)) {
        const inner = own(is, name);
        if (inner === undefined) removed.push(pointerOf([...tokens, name]));
        else visit(was[name] as JsonValue, inner, [...tokens, name]);
      }
    } else if (Array.isArray(was) && Array.isArray(is)) {
      const { field } = listRule(tokens);
      const keys = field === false ? undefined : listKeys(was, field);
      const others = field === false ? undefined : listKeys(is, field, true);
      if (field === false || keys === undefined || others === undefined) return;
      for (const [index, key] of keys.entries()) {
        const other = is[others.indexOf(key)] as JsonValue | undefined;
        if (other !== undefined) visit(was[index] as JsonValue, other, [...tokens, itemToken(field, key)]);
      }
    }
  };
  visit(before, after, []);
  return removed;
}

/** Mine without some of what it did not change, as a form sends that only knows a part of the record. */
export function withoutUnchanged(base: JsonObject, mine: JsonObject, choices: Choices): JsonObject {
  const partial = {};
  for (const name of Object.keys(mine)) {
    const [was, is] = [own(base, name), mine[name] as JsonValue];
    const isLeftOut = JSON.stringify(was) === JSON.stringify(is) && choices.chance(60);
    const inner = isObject(was) && isObject(is) ? withoutUnchanged(was, is, choices) : is;
    if (!isLeftOut) put(partial, name, inner);
  }
  return frozen(partial);
}
