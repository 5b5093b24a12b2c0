/** What a merge tells about each path, collected while it walks. */
import type { JsonValue } from '../json.ts';
import { inheritNothing } from './areAlike.ts';
import type { MergeNode } from './mergeNode.ts';
import { pathOf } from './pathStep.ts';

/** A path that both sides changed, each differently. */
export interface MergeConflict {
  /** JSON Pointer; an item of a keyed list is named by its key. */
  readonly path: string;
  /** Each is absent when that side has no value there. */
  readonly base?: JsonValue;
  readonly mine?: JsonValue;
  readonly theirs?: JsonValue;
}

/**
 * What became of the changes at one path.
 *
 *   applied   only mine changed it            same      both changed it alike
 *   merged    theirs changed it and is kept, alone or, in a text that was merged, together with mine
 *   conflict  both changed it differently; the result holds theirs
 */
export type MergeStatus = 'applied' | 'merged' | 'same' | 'conflict';

/** What happened at one path. */
export interface MergeOutcome {
  readonly path: string;
  readonly status: MergeStatus;
}

/** One text as both started from it, and as each side left it. */
export interface TextSides {
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
}

/** Joins what two sides made of one text; `null` when it cannot. */
export type MergeText = (sides: TextSides) => string | null;

/** The report of one merge, and the places that were too deep to visit at once. */
export interface MergeReport {
  readonly outcomes: MergeOutcome[];
  readonly conflicts: MergeConflict[];
  /** Places to visit when the call stack is short again. */
  readonly waiting: MergeNode[];
  /** How many levels the call stack is inside of now. */
  level: number;
  /** Whether `areAlike` may be asked. */
  readonly mayLook: boolean;
  readonly mergeText: MergeText | undefined;
}

/** An empty report. */
export function createReport(mergeText?: MergeText): MergeReport {
  return { outcomes: [], conflicts: [], waiting: [], level: 0, mayLook: inheritNothing(), mergeText };
}

/** Notes what happened at a place. */
export function noteOutcome(report: MergeReport, node: MergeNode, status: Exclude<MergeStatus, 'conflict'>): void {
  report.outcomes.push({ path: pathOf(node), status });
}

/** Notes that a place cannot be decided; the result keeps theirs there. */
export function noteConflict(report: MergeReport, node: MergeNode): void {
  const path = pathOf(node);
  report.outcomes.push({ path, status: 'conflict' });
  report.conflicts.push({
    path,
    ...(node.base !== undefined && { base: node.base }),
    ...(node.mine !== undefined && { mine: node.mine }),
    ...(node.theirs !== undefined && { theirs: node.theirs }),
  });
}
