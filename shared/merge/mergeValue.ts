/**
 * The decision at one place of a record.
 *
 *   both objects ............. per member (base: an object or nothing)
 *   both lists with keys ..... per item (mergeList)
 *   asked to be removed ...... removal against what theirs did
 *   anything else ............ one value, or a text whose two changes can be joined
 *
 * A place that nobody touched is left by comparing references and primitives alone. The walk recurses for as many levels
 * as a call stack surely has; deeper places wait in the report, which works because a place knows its own parents.
 */
import { isJsonObject, type JsonObject } from '../json.ts';
import { areAlike } from './areAlike.ts';
import { jsonEquals } from './jsonEquals.ts';
import { alignList, mergeList } from './mergeList.ts';
import { createRoot, memberNode, replaceResult, type MergeNode } from './mergeNode.ts';
import { createReport, noteConflict, noteOutcome, type MergeReport } from './mergeReport.ts';
import { ownMember } from './ownMember.ts';
import { declaredValue } from './patternTree.ts';

/** Levels that are walked by recursion; a frame is small, so this is far below any call stack's end. */
const maxRecursion = 400;

/** Merges a whole record into the report and into the root's result. */
export function mergeRoot(report: MergeReport, root: MergeNode): void {
  mergeValue(report, root);
  for (let node = report.waiting.pop(); node !== undefined; node = report.waiting.pop()) mergeValue(report, node);
}

function mergeValue(report: MergeReport, node: MergeNode): void {
  const { base, mine, theirs } = node;
  if (node.unset === undefined) {
    if (mine === base && theirs === base) return;
  } else if (declaredValue(node.unset) === true) {
    return mergeRemoval(report, node);
  }
  if (report.level >= maxRecursion) {
    report.waiting.push(node);
    return;
  }
  report.level++;
  if (isJsonObject(mine) && isJsonObject(theirs) && (base === undefined || isJsonObject(base))) {
    mergeMembers(report, node, { base, mine, theirs });
  } else {
    const list = alignList(node);
    if (list === undefined) mergeWhole(report, node);
    else mergeList(report, node, { list, mergeValue, isChangedByMine });
  }
  report.level--;
}

interface ObjectSides {
  readonly base: JsonObject | undefined;
  readonly mine: JsonObject;
  readonly theirs: JsonObject;
}

function mergeMembers(report: MergeReport, node: MergeNode, { base, mine, theirs }: ObjectSides): void {
  let inBase = 0;
  let inTheirs = 0;
  const mayLook = report.mayLook && node.unset === undefined;
  for (const name of Object.keys(mine)) {
    const before = base && ownMember(base, name);
    const own = mine[name] === undefined ? before : mine[name];
    const now = ownMember(theirs, name);
    if (before !== undefined) inBase++;
    if (now !== undefined) inTheirs++;
    if (node.unset === undefined) {
      if (own === before && now === before) continue;
      if (mayLook && areAlike({ base: before, mine: own, theirs: now })) continue;
    }
    mergeValue(report, memberNode(node, name, { base: before, mine: own, theirs: now }));
  }
  // A member that mine leaves out stands for what base has there. Counting first spares two lookups for every member.
  const names = Object.keys(theirs);
  if (inTheirs < names.length) {
    for (const name of names) {
      if (Object.hasOwn(mine, name)) continue;
      const before = base && ownMember(base, name);
      if (before !== undefined) inBase++;
      mergeValue(report, memberNode(node, name, { base: before, mine: before, theirs: theirs[name] }));
    }
  }
  if (base === undefined) return;
  const known = Object.keys(base);
  if (inBase === known.length) return;
  for (const name of known) {
    if (Object.hasOwn(mine, name) || Object.hasOwn(theirs, name)) continue;
    mergeValue(report, memberNode(node, name, { base: base[name], mine: base[name], theirs: undefined }));
  }
}

function mergeWhole(report: MergeReport, node: MergeNode): void {
  const isTheirs = !jsonEquals(node.base, node.theirs);
  if (!isChangedByMine(node)) {
    if (isTheirs) noteOutcome(report, node, 'merged');
  } else if (!isTheirs) {
    replaceResult(node, node.mine);
    noteOutcome(report, node, 'applied');
  } else if (jsonEquals(node.mine, node.theirs)) {
    noteOutcome(report, node, 'same');
  } else {
    const text = mergedText(report, node);
    if (text === null) return noteConflict(report, node);
    if (text !== node.theirs) replaceResult(node, text);
    noteOutcome(report, node, 'merged');
  }
}

/** What both sides made of a text that may be merged; `null` for every other value. */
function mergedText(report: MergeReport, { base, mine, theirs, texts }: MergeNode): string | null {
  if (report.mergeText === undefined || declaredValue(texts) !== true) return null;
  if (typeof base !== 'string' || typeof mine !== 'string' || typeof theirs !== 'string') return null;
  return report.mergeText({ base, mine, theirs });
}

/** An asked removal is an intent: a value that theirs has and base had not is never dropped without a word. */
function mergeRemoval(report: MergeReport, node: MergeNode): void {
  const asked = { ...node, mine: undefined };
  if (node.theirs === undefined) {
    if (node.base !== undefined) noteOutcome(report, asked, 'same');
  } else if (jsonEquals(node.base, node.theirs)) {
    replaceResult(node, undefined);
    noteOutcome(report, asked, 'applied');
  } else {
    noteConflict(report, asked);
  }
}

/**
 * Whether mine differs from base here, a member that it leaves out being no difference.
 *
 * When theirs is of another kind or gone, mine is merged against base alone: whatever that reports is a change. It ends,
 * because in that merge base and theirs are always of one kind.
 */
function isChangedByMine(node: MergeNode): boolean {
  const { base, mine } = node;
  if (mine === base && node.unset === undefined) return false;
  const kind = kindOf(base);
  if (kind === 'plain' || kind !== kindOf(mine) || kind === kindOf(node.theirs)) return !jsonEquals(base, mine);
  const alone = createReport();
  mergeRoot(alone, createRoot({ base, mine, theirs: base }, node));
  return alone.outcomes.length > 0;
}

function kindOf(value: MergeNode['base']): string {
  if (Array.isArray(value)) return 'list';
  return isJsonObject(value) ? 'object' : 'plain';
}
