/** Comparisons after which two rows count as too different to be told apart: about 1,000 changed places on each side. */
const longestComparison = 1_000_000;

/**
 * The longest common row of two lists, as places in the old and in the new one; `null` when it takes too many comparisons.
 *
 * Source  the table of every textbook, between the ends that both have in common
 */
export function commonRow(
  old: readonly string[],
  now: readonly string[],
  limit = longestComparison,
): readonly (readonly [old: number, now: number])[] | null {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  const rest = Math.min(old.length, now.length) - start;
  while (end < rest && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const [height, width] = [old.length - start - end, now.length - start - end];
  if (height * width > limit) return null;
  const longest = new Uint32Array((height + 1) * (width + 1));
  const at = (row: number, column: number) => longest[row * (width + 1) + column] ?? 0;
  for (let row = height - 1; row >= 0; row--) {
    for (let column = width - 1; column >= 0; column--) {
      longest[row * (width + 1) + column] =
        old[start + row] === now[start + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const places: [number, number][] = Array.from({ length: start }, (_, place) => [place, place]);
  for (let row = 0, column = 0; row < height && column < width;) {
    if (old[start + row] === now[start + column]) places.push([start + row++, start + column++]);
    else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  for (let back = end; back > 0; back--) places.push([old.length - back, now.length - back]);
  return places;
}
