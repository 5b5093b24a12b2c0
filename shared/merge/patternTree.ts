/** Declared path patterns, prepared so that a walk carries only those that can still match below it. */
import { parsePattern, parsePointer } from './pointer.ts';

/** What may still match at one place of a record: the more exactly written patterns first. */
export type PatternMatches<Value> = readonly PatternTree<Value>[];

/** One token of all patterns together. */
export interface PatternTree<Value> {
  readonly children: Map<string, PatternTree<Value>>;
  any: PatternTree<Value> | undefined;
  /** What was declared for exactly this place. */
  value: Value | undefined;
}

/** The prepared patterns at the top of a record; `undefined` when none is declared. `*` stands for any token. */
export function compilePatterns<Value>(
  patterns: Iterable<readonly [string, Value]>,
): PatternMatches<Value> | undefined {
  const root = createTree<Value>();
  for (const [pattern, value] of patterns) {
    let tree = root;
    for (const token of parsePattern(pattern)) tree = token === '*' ? (tree.any ??= createTree()) : child(tree, token);
    tree.value = value;
  }
  return isEmpty(root) ? undefined : [root];
}

/**
 * The prepared pointers at the top of a record; `undefined` when none is given.
 *
 * Shape   pointers come from clients: `*` is a name like any other, and a text that is no pointer matches nothing
 */
export function compilePointers(pointers: Iterable<string>): PatternMatches<true> | undefined {
  const root = createTree<true>();
  for (const pointer of pointers) {
    const tokens = parsePointer(pointer);
    if (tokens === undefined || tokens.length === 0) continue;
    let tree = root;
    for (const token of tokens) tree = child(tree, token);
    tree.value = true;
  }
  return isEmpty(root) ? undefined : [root];
}

/** What may still match one token further down; `undefined` when nothing can. */
export function stepInto<Value>(matches: PatternMatches<Value>, token: string): PatternMatches<Value> | undefined {
  const below: PatternTree<Value>[] = [];
  for (const tree of matches) {
    const exact = tree.children.get(token);
    if (exact !== undefined) below.push(exact);
  }
  for (const tree of matches) if (tree.any !== undefined) below.push(tree.any);
  return below.length === 0 ? undefined : below;
}

/** What is declared for the place reached; the more exactly written pattern wins. */
export function declaredValue<Value>(matches: PatternMatches<Value> | undefined): Value | undefined {
  return matches?.find((tree) => tree.value !== undefined)?.value;
}

function createTree<Value>(): PatternTree<Value> {
  return { children: new Map(), any: undefined, value: undefined };
}

function child<Value>(tree: PatternTree<Value>, token: string): PatternTree<Value> {
  let found = tree.children.get(token);
  if (found === undefined) tree.children.set(token, (found = createTree()));
  return found;
}

function isEmpty<Value>(tree: PatternTree<Value>): boolean {
  return tree.children.size === 0 && tree.any === undefined && tree.value === undefined;
}
