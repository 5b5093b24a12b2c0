/** The lines of two edits of one text, with a winner where they collide: what the server's merge leaves to a person. */
import type { TextSides } from '../../../shared/merge/index.ts';
import { readLineEnds, toLines } from '../../../shared/text/lineEnds.ts';
import { commonRow } from './commonRow.ts';

/** One text for each winner. */
export interface JoinedLines {
  /** Everything that only one side changed, and mine where both changed the same lines. */
  readonly mine: string;
  readonly theirs: string;
  /** False: both changed different lines, and the two texts are one. */
  readonly collides: boolean;
}

/** Lines `from` up to `to` of the original, which became these. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** As in the server's merge of a text. */
const maxLines = 10_000;

/**
 * Joins two edits of one text line by line; `null` where that takes too long to be worth it.
 *
 * Finer than the server, which asks already when neighbouring lines were changed: here somebody looks at the result, and a
 * neighbour that only one side touched would be lost without a need.
 *
 * Limits  10,000 lines, and about 1,000 changed ones on each side
 */
export function joinLines(sides: TextSides): JoinedLines | null {
  const ends = readLineEnds(sides, maxLines);
  if (ends === undefined) return null;
  const base = toLines(sides.base, ends);
  const mine = editsOf(base, toLines(sides.mine, ends));
  const theirs = editsOf(base, toLines(sides.theirs, ends));
  if (mine === null || theirs === null) return null;
  const text = (winner: readonly Edit[], other: readonly Edit[]) => {
    const kept = other.filter((edit) => !winner.some((won) => overlap(won, edit)));
    return write(base, [...winner, ...kept]).join(ends.joined);
  };
  const collides = mine.some((edit) => theirs.some((other) => overlap(edit, other) && !areSame(edit, other)));
  return { mine: text(mine, theirs), theirs: text(theirs, mine), collides };
}

function editsOf(base: readonly string[], changed: readonly string[]): readonly Edit[] | null {
  const row = commonRow(base, changed);
  if (row === null) return null;
  const edits: Edit[] = [];
  let at = { old: 0, now: 0 };
  for (const [old, now] of [...row, [base.length, changed.length] as const]) {
    if (old > at.old || now > at.now)
      edits.push(...byLine({ from: at.old, to: old, lines: changed.slice(at.now, now) }));
    at = { old: old + 1, now: now + 1 };
  }
  return edits;
}

/** As many lines as before: each was edited where it stands, so each collides by itself. */
function byLine(edit: Edit): readonly Edit[] {
  if (edit.to - edit.from !== edit.lines.length) return [edit];
  return edit.lines.map((line, index) => ({ from: edit.from + index, to: edit.from + index + 1, lines: [line] }));
}

/** Lines added at one place by both overlap: nobody can say which come first. */
function overlap(one: Edit, other: Edit): boolean {
  if (one.from === one.to && other.from === other.to) return one.from === other.from;
  return one.from < other.to && other.from < one.to;
}

function areSame(one: Edit, other: Edit): boolean {
  return one.from === other.from && one.to === other.to && one.lines.join('\n') === other.lines.join('\n');
}

function write(base: readonly string[], edits: readonly Edit[]): readonly string[] {
  const lines: string[] = [];
  let at = 0;
  // Lines added before a line come before what became of it.
  for (const edit of edits.toSorted((one, other) => one.from - other.from || one.to - other.to)) {
    lines.push(...base.slice(at, edit.from), ...edit.lines);
    at = edit.to;
  }
  return [...lines, ...base.slice(at)];
}
