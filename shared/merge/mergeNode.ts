/** One place of a record during a merge: the three values found there and the result being built. */
import type { JsonObject, JsonValue } from '../json.ts';
import { ownMember, setMember, type MutableObject } from './ownMember.ts';
import { tokenOf, type PathStep } from './pathStep.ts';
import { stepInto, type PatternMatches } from './patternTree.ts';

/** A list or object of the result; only ever a fresh copy, never an input. */
export type MutableContainer = JsonValue[] | MutableObject;

/** What a list is declared to be: merged by this key field, or `false` for one value. */
export type ListRule = string | false;

/** What is declared, as far as it can still match below a place. */
export interface Declared {
  readonly rules: PatternMatches<ListRule> | undefined;
  /** What mine asks to remove. */
  readonly unset: PatternMatches<true> | undefined;
  /** Texts that may be merged. */
  readonly texts: PatternMatches<true> | undefined;
}

/** One place: `undefined` means that this side has no value there. */
export interface MergeNode extends PathStep, Declared {
  readonly parent: MergeNode | undefined;
  readonly base: JsonValue | undefined;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
  /** Member name or index in the parent of the result, which differs from that in theirs when items come or go. */
  readonly slot: string | number;
  /** The result here, once it is no longer simply theirs. */
  copy: MutableContainer | undefined;
}

const resultSlot = 'result';

/** The values of the three sides at one place. */
export type Sides = Pick<MergeNode, 'base' | 'mine' | 'theirs'>;

/** The top of a record; its parent only holds the result. */
export function createRoot(sides: Sides, below: Declared): MergeNode {
  return {
    parent: {
      parent: undefined,
      name: '',
      field: undefined,
      path: '',
      base: undefined,
      mine: undefined,
      theirs: undefined,
      slot: resultSlot,
      rules: undefined,
      unset: undefined,
      texts: undefined,
      copy: {},
    },
    name: '',
    field: undefined,
    path: '',
    base: sides.base,
    mine: sides.mine,
    theirs: sides.theirs,
    slot: resultSlot,
    rules: below.rules,
    unset: below.unset,
    texts: below.texts,
    copy: undefined,
  };
}

/** The result of the whole merge: `null` when theirs is absent and stays so. */
export function resultOf(root: MergeNode): JsonValue {
  const result = ownMember(root.parent?.copy as JsonObject, resultSlot);
  return result === undefined ? (root.theirs ?? null) : result;
}

/** The place of a member one level down. */
export function memberNode(parent: MergeNode, name: string, sides: Sides): MergeNode {
  return {
    parent,
    name,
    field: undefined,
    path: undefined,
    base: sides.base,
    mine: sides.mine,
    theirs: sides.theirs,
    slot: name,
    rules: parent.rules && stepInto(parent.rules, name),
    unset: parent.unset && stepInto(parent.unset, name),
    texts: parent.texts && stepInto(parent.texts, name),
    copy: undefined,
  };
}

/** The place of an item one level down; `key` is absent for a new item that has none. */
export function itemNode(
  parent: MergeNode,
  item: { readonly field: string; readonly key: string | undefined; readonly slot: number },
  sides: Sides,
): MergeNode {
  const step = item.key === undefined ? { name: '-', field: undefined } : { name: item.key, field: item.field };
  const isDeclared = parent.rules !== undefined || parent.unset !== undefined || parent.texts !== undefined;
  const token = isDeclared ? tokenOf(step) : '';
  return {
    parent,
    name: step.name,
    field: step.field,
    path: undefined,
    base: sides.base,
    mine: sides.mine,
    theirs: sides.theirs,
    slot: item.slot,
    rules: parent.rules && stepInto(parent.rules, token),
    unset: parent.unset && stepInto(parent.unset, token),
    texts: parent.texts && stepInto(parent.texts, token),
    copy: undefined,
  };
}

/** Puts a value, or nothing, at this place of the result, and copies the containers above it once. */
export function replaceResult(node: MergeNode, value: JsonValue | undefined): void {
  let place = node;
  let next = value;
  for (;;) {
    const above = place.parent;
    if (above === undefined) return;
    const isCopied = above.copy !== undefined;
    const container = (above.copy ??= copyOf(above.theirs));
    if (Array.isArray(container)) container[place.slot as number] = next as JsonValue;
    else if (next === undefined) delete container[place.slot];
    else setMember(container, { name: place.slot as string, value: next });
    if (isCopied) return;
    place = above;
    next = container;
  }
}

/** Gives this list of the result another order or other items; `list` must be fresh. */
export function replaceList(node: MergeNode, list: JsonValue[]): void {
  node.copy = list;
  replaceResult(node, list);
}

function copyOf(theirs: JsonValue | undefined): MutableContainer {
  return Array.isArray(theirs) ? [...theirs] : { ...(theirs as JsonObject) };
}
