/** The three-way merge of a record. */
import type { JsonValue } from '../json.ts';
import { createRoot, resultOf, type Declared, type ListRule } from './mergeNode.ts';
import { createReport, type MergeConflict, type MergeOutcome, type MergeText } from './mergeReport.ts';
import { mergeRoot } from './mergeValue.ts';
import { compilePatterns, compilePointers } from './patternTree.ts';

/** What is merged, and what is declared about its lists. */
export interface MergeOptions {
  /** What mine was based on; `undefined` when it was based on nothing. */
  readonly base: JsonValue | undefined;
  /** What is to be saved: a member that it leaves out stays as it is, an item that it leaves out of a keyed list is removed. */
  readonly mine: JsonValue;
  /** What is stored now; `undefined` when nothing is. */
  readonly theirs: JsonValue | undefined;
  /** Key field by pattern of the list, for lists not keyed by `id`: `{ '/links': 'slug' }`; `*` stands for any token. Default none. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Patterns of lists that are always one value. Default none. */
  readonly atomic?: readonly string[];
  /** Pointers of the fields that mine asks to remove, since leaving them out does not. Default none. */
  readonly unset?: readonly string[];
  /** Patterns of texts of which both sides' changes may be joined by `mergeText`. Default none. */
  readonly texts?: readonly string[];
  /** Joins two changes of one text; where it gives `null`, or when it is not given, they are a conflict. Default none. */
  readonly mergeText?: MergeText;
}

/** The merged record, and what happened on the way. */
export interface MergeResult {
  /** Keeps theirs at every conflict, shares unchanged parts with the inputs, and is `null` where no record is left. */
  readonly merged: JsonValue;
  readonly conflicts: readonly MergeConflict[];
  /** One entry per changed path, as far down as the sides can be told apart. */
  readonly outcomes: readonly MergeOutcome[];
}

/**
 * Merges what was typed with what was stored meanwhile, path by path.
 *
 * Shape   one side changed a path: it wins; both alike: nothing to do; both differently: a conflict that keeps theirs.
 *         Lists of objects with a unique text or number key merge per item; any other list is one value. A text that both
 *         changed is asked of `mergeText` where `texts` declares it, and only if base has a text there, too
 * Limits  linear in the size of the record, at any depth; inputs are never changed
 */
export function merge(options: MergeOptions): MergeResult {
  const { base, mine, theirs, keys = {}, atomic = [], unset = [], texts = [], mergeText } = options;
  const rules: [string, ListRule][] = [
    ...Object.entries(keys),
    ...atomic.map((path): [string, ListRule] => [path, false]),
  ];
  const declared: Declared = {
    rules: compilePatterns(rules),
    unset: compilePointers(unset),
    texts: mergeText && compilePatterns(texts.map((path) => [path, true])),
  };
  const root = createRoot({ base, mine, theirs }, declared);
  const report = createReport(mergeText);
  mergeRoot(report, root);
  return { merged: resultOf(root), conflicts: report.conflicts, outcomes: report.outcomes };
}
