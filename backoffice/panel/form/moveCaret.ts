/** Where a place in a text is after the text was changed elsewhere. */

/** Comparisons of words after which a text counts as rewritten. */
const longestComparison = 250_000;

/**
 * The offset in `after` of what stands at `caret` in `before`.
 *
 * Shape   words that are in both texts carry it; in words that are gone it goes to where they were; what was added at the
 *         caret comes after it, as in an editor for several people
 * Limits  of texts that differ in more than about 500 words, only what is alike at both ends is looked at
 */
export function moveCaret(before: string, after: string, caret: number): number {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) start++;
  if (caret <= start) return caret;
  let end = 0;
  while (end < limit - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  if (caret >= before.length - end) return caret + after.length - before.length;
  const middle = moveByWords(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
    caret - start,
  );
  return start + middle;
}

/** Both ends of these texts differ: the longest common row of words says which of them stayed. */
function moveByWords(before: string, after: string, caret: number): number {
  const [old, now] = [before.match(wordsAndGaps) ?? [], after.match(wordsAndGaps) ?? []];
  if (old.length * now.length > longestComparison) return Math.min(caret, after.length);
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      longest[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  let [row, column, read, written] = [0, 0, 0, 0];
  for (;;) {
    const [gone, come] = [old[row], now[column]];
    if (gone !== undefined && gone === come) {
      if (caret <= read + gone.length) return written + caret - read;
      [row, column, read, written] = [row + 1, column + 1, read + gone.length, written + gone.length];
    } else if (gone !== undefined && (come === undefined || at(row + 1, column) >= at(row, column + 1))) {
      if (caret < read + gone.length) return written;
      [row, read] = [row + 1, read + gone.length];
    } else if (come !== undefined) {
      [column, written] = [column + 1, written + come.length];
    } else return written;
  }
}

const wordsAndGaps = /\s+|\S+/g;
