/** What each choice of a conflict would store, worked out before somebody chooses. */
import type { JsonValue } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { ConflictDecision } from './decideConflicts.ts';
import { joinLines } from './joinLines.ts';
import type { ConflictChoice } from './useConflictChoices.ts';

/** The versions as they are shown, which is as they would be stored. */
export interface ConflictVersions {
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
  /** The text with the changes of both, where no line of it collides. */
  readonly both?: string;
  /** True when the lines that only one side changed are in both versions. */
  readonly isJoined: boolean;
  /** The lines that the other side wrote and that a version would lose. */
  readonly leavesOut: { readonly mine: readonly string[]; readonly theirs: readonly string[] };
}

const nothing = { mine: [], theirs: [] };

/**
 * In a text of several lines only the lines that collide are decided.
 *
 * “Keep mine” keeps the colleague's other lines: without the collision the server would have kept them, so dropping them here
 * would undo work that nobody disputes. The same holds for “Take theirs” and my other lines: they were typed, they are in
 * nobody's way, and who takes the colleague's sentence has said nothing about his own paragraph below it. Whoever wants the
 * one or the other text bare writes it into the result, where nothing happens unseen. The original is what stood before both,
 * whole. Where lines cannot be told apart, or none collides (a text that the server does not merge by line), the versions are
 * whole, and each says which lines of the other side it leaves out.
 */
export function conflictVersions({ base, mine, theirs }: Partial<Conflict>): ConflictVersions {
  const whole: ConflictVersions = { mine, theirs, isJoined: false, leavesOut: nothing };
  if (typeof base !== 'string' || typeof mine !== 'string' || typeof theirs !== 'string') return whole;
  const joined = joinLines({ base, mine, theirs });
  if (joined?.collides === true) {
    const isJoined = joined.mine !== mine || joined.theirs !== theirs;
    return { ...whole, mine: joined.mine, theirs: joined.theirs, isJoined };
  }
  const leavesOut = { mine: linesOnlyIn(theirs, [base, mine]), theirs: linesOnlyIn(mine, [base, theirs]) };
  const both = joined === null || [mine, theirs].includes(joined.mine) ? {} : { both: joined.mine };
  return { ...whole, ...both, leavesOut };
}

/** The value that a choice stands for; an edited result is not among the versions. */
export function versionOf(conflict: Conflict, choice: ConflictChoice): JsonValue | undefined {
  if (choice === 'original') return conflict.base;
  const versions = conflictVersions(conflict);
  if (choice === 'theirs') return versions.theirs;
  return choice === 'both' ? versions.both : versions.mine;
}

/** What happens to the form: its own value is left alone unless lines of the colleague come into it. */
export function decisionOf(conflict: Conflict, choice: ConflictChoice): ConflictDecision {
  const value = versionOf(conflict, choice);
  return choice === 'mine' && value === conflict.mine ? 'mine' : { value };
}

function linesOnlyIn(text: string, others: readonly string[]): readonly string[] {
  const known = new Set(others.flatMap((other) => other.split(/\r?\n/)));
  return text.split(/\r?\n/).filter((line) => line.trim() !== '' && !known.has(line));
}
