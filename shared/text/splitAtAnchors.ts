/** Where a text may be cut so that each stretch is merged by itself. */

/** The same thing of all three sides. */
export interface Three<Value> {
  readonly base: Value;
  readonly mine: Value;
  readonly theirs: Value;
}

/** The lines of all three sides, each line as a number: equal lines, equal numbers. */
export type ThreeLists = Three<readonly number[]>;

/** Does one thing with each side. */
export function eachOf<Value, Result>(three: Three<Value>, change: (side: Value) => Result): Three<Result> {
  return { base: change(three.base), mine: change(three.mine), theirs: change(three.theirs) };
}

/**
 * The stretches of a text, each beginning with a line that every side has exactly once.
 *
 * A long text of which both changed little is merged stretch by stretch, which costs its length instead of its square. Where
 * a side moved such a line, nobody can say what belongs between two of them, and the text is one stretch.
 *
 * Shape   `count` is above every number in the lists
 */
export function splitAtAnchors(lists: ThreeLists, count: number): ThreeLists[] {
  const places = eachOf(lists, (list) => placesOf(list, count));
  const sections: ThreeLists[] = [];
  let start = { base: 0, mine: 0, theirs: 0 };
  for (const line of lists.base) {
    const anchor = eachOf(places, (of) => of[line] as number);
    if (anchor.base < 0 || anchor.mine < 0 || anchor.theirs < 0) continue;
    if (anchor.mine < start.mine || anchor.theirs < start.theirs) return [lists];
    sections.push(cut(lists, start, anchor));
    start = anchor;
  }
  sections.push(
    cut(
      lists,
      start,
      eachOf(lists, (list) => list.length),
    ),
  );
  return sections;
}

function cut(lists: ThreeLists, from: Three<number>, to: Three<number>): ThreeLists {
  return {
    base: lists.base.slice(from.base, to.base),
    mine: lists.mine.slice(from.mine, to.mine),
    theirs: lists.theirs.slice(from.theirs, to.theirs),
  };
}

/** By line: where it stands, below zero when that is nowhere or at several places. */
function placesOf(list: readonly number[], count: number): readonly number[] {
  const nowhere = -1;
  const repeated = -2;
  const places = Array.from({ length: count }, () => nowhere);
  for (const [place, line] of list.entries()) places[line] = places[line] === nowhere ? place : repeated;
  return places;
}
