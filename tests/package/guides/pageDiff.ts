import { changedLines } from '../changedLines.ts';

const contextLines = 1;

/**
 * The difference of two programs as a page shows it: changed lines with one line around them, `@@` between the places.
 *
 * Errors  a plain error when the two cannot be shown this way
 */
export function pageDiff(before: string, after: string): string {
  const { added, removed } = changedLines(before, after);
  const [old, now] = [before.split('\n'), after.split('\n')];
  const lines: string[] = [];
  let [i, j, gone, come] = [0, 0, 0, 0];
  while (i < old.length || j < now.length) {
    if (gone < removed.length && old[i] === removed[gone]) {
      lines.push(`-${old[i++]}`);
      gone += 1;
    } else if (come < added.length && now[j] === added[come]) {
      lines.push(`+${now[j++]}`);
      come += 1;
    } else {
      lines.push(` ${old[i++]}`);
      j += 1;
    }
  }
  const sideOf = (mark: string) => lines.filter((line) => !line.startsWith(mark)).map((line) => line.slice(1));
  if (sideOf('+').join('\n') !== before || sideOf('-').join('\n') !== after)
    throw new Error('A changed line is the same as one that stays before it: the difference is not clear.');
  return hunksOf(lines).join('\n@@\n');
}

/** The changed lines with what is around them; places that touch are one. */
function hunksOf(lines: readonly string[]): readonly string[] {
  const isShown = lines.map((_line, index) =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some((near) => !near.startsWith(' ')),
  );
  const hunks: string[][] = [];
  for (const [index, line] of lines.entries()) {
    if (!isShown[index]) continue;
    if (!isShown[index - 1]) hunks.push([]);
    // An empty line around a place says nothing.
    if (line !== ' ') hunks.at(-1)?.push(line);
  }
  return hunks.map((hunk) => hunk.join('\n'));
}
