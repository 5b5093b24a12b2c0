/** The three-way merge of a long text, line by line. */
import { diff3Merge } from 'node-diff3';
import type { TextSides } from '../merge/index.ts';
import { readLineEnds, toLines } from './lineEnds.ts';
import { eachOf, splitAtAnchors, type ThreeLists } from './splitAtAnchors.ts';

/** A text of more lines than this is not merged, on any side. */
const maxTextLines = 10_000;

/**
 * Not merged either is a text in which both sides changed stretches of more lines than this together: diff3 grows with the
 * third power of lines that repeat, and the worst text of this length takes about 50 ms.
 */
const maxDisputedLines = 250;

/**
 * The text with the changes of both sides, or `null` when they touch the same or neighbouring lines.
 *
 * Shape   never a text with marks of a conflict in it; changes that both made alike are taken once. Line ends are merged as
 *         one thing of the whole text, so that a side that only went from \r\n to \n is in nobody's way; in a text that
 *         mixes both they are part of their line
 * Limits  10,000 lines, of which 250 in stretches that both changed; beyond it `null`
 * Source  diff3, as in Khanna, Kunal and Pierce, "A Formal Investigation of Diff3"
 */
export function mergeLines(sides: TextSides): string | null {
  const { base, mine, theirs } = sides;
  if (mine === base || mine === theirs) return theirs;
  if (theirs === base) return mine;
  const ends = readLineEnds(sides, maxTextLines);
  if (ends === undefined) return null;
  const lines: string[] = [];
  const numbers = new Map<string, number>();
  // Lines as numbers: two long lines are compared once, and none can be taken for a name that objects inherit.
  const numbered = eachOf({ base, mine, theirs }, (text) =>
    toLines(text, ends).map((line) => {
      const known = numbers.get(line) ?? lines.push(line) - 1;
      numbers.set(line, known);
      return known;
    }),
  );
  const merged: string[] = [];
  let disputed = 0;
  for (const section of splitAtAnchors(numbered, lines.length)) {
    const { head, middle, tail } = withoutCommonEnds(section);
    let decided = decide(middle);
    if (decided === undefined) {
      disputed += Math.max(middle.base.length, middle.mine.length, middle.theirs.length);
      decided = disputed > maxDisputedLines ? undefined : mergeDisputed(middle);
    }
    if (decided === undefined) return null;
    for (const part of [head, decided, tail]) for (const line of part) merged.push(lines[line] as string);
  }
  return merged.join(ends.joined);
}

/** What became of a stretch that at most one side changed, or both alike. */
function decide({ base, mine, theirs }: ThreeLists): readonly number[] | undefined {
  if (areSame(mine, base) || areSame(mine, theirs)) return theirs;
  return areSame(theirs, base) ? mine : undefined;
}

function mergeDisputed({ base, mine, theirs }: ThreeLists): readonly number[] | undefined {
  const merged: number[] = [];
  for (const { ok } of diff3Merge([...mine], [...base], [...theirs], { excludeFalseConflicts: true })) {
    if (ok === undefined) return undefined;
    merged.push(...ok);
  }
  return merged;
}

/** A stretch without the lines that all three have in common at its start and at its end. */
function withoutCommonEnds(section: ThreeLists): {
  readonly head: readonly number[];
  readonly middle: ThreeLists;
  readonly tail: readonly number[];
} {
  const { base, mine, theirs } = section;
  const shortest = Math.min(base.length, mine.length, theirs.length);
  let head = 0;
  while (head < shortest && base[head] === mine[head] && base[head] === theirs[head]) head++;
  const isAlikeFromEnd = (place: number) => {
    const line = base[base.length - place];
    return line === mine[mine.length - place] && line === theirs[theirs.length - place];
  };
  let tail = 0;
  while (tail < shortest - head && isAlikeFromEnd(tail + 1)) tail++;
  return {
    head: base.slice(0, head),
    middle: eachOf(section, (list) => list.slice(head, list.length - tail)),
    tail: base.slice(base.length - tail),
  };
}

function areSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((line, place) => line === right[place]);
}
