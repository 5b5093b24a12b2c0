/** Which words of a text are new and which are gone, for the eye of somebody who compares two versions. */

/** A run of words; `removed` ones are only in the text before. */
export interface WordPart {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** A word, and the white space after it. */
interface Word {
  readonly word: string;
  readonly gap: string;
}

/** Comparisons of words after which a text counts as rewritten: about 500 changed words on each side. */
const longestComparison = 250_000;
/** Below this share of words in common, marks would be on everything and show nothing. */
const leastInCommon = 0.3;

/**
 * The words of `after` with those of `before` that are gone, in reading order.
 *
 * Shape   one part of kind `same` where the texts are alike, or so different that marks would not help
 * Limits  texts that differ in more than about 500 words are given without marks
 */
export function wordDiff(before: string, after: string): readonly WordPart[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const plain: readonly WordPart[] = [{ kind: 'same', text: after }];
  let start = 0;
  while (start < old.length && start < now.length && old[start]?.word === now[start]?.word) start++;
  let end = 0;
  const rest = Math.min(old.length, now.length) - start;
  while (end < rest && old[old.length - 1 - end]?.word === now[now.length - 1 - end]?.word) end++;
  const oldMiddle = old.slice(start, old.length - end);
  const nowMiddle = now.slice(start, now.length - end);
  if (oldMiddle.length + nowMiddle.length === 0) return plain;
  if (oldMiddle.length * nowMiddle.length > longestComparison) return plain;
  const middle = compare(oldMiddle, nowMiddle);
  const common = start + end + middle.filter(([kind]) => kind === 'same').length;
  if (common < leastInCommon * Math.max(old.length, now.length)) return plain;
  return join([
    ...now.slice(0, start).map((word) => ['same', word] as const),
    ...middle,
    ...now.slice(now.length - end).map((word) => ['same', word] as const),
  ]);
}

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/(\S+)(\s*)/g)].map(([, word = '', gap = '']) => ({ word, gap }));
}

/** The longest common row of words, by the table that every textbook has. */
function compare(old: readonly Word[], now: readonly Word[]): readonly (readonly [WordPart['kind'], Word])[] {
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      longest[row * width + column] =
        old[row]?.word === now[column]?.word
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const parts: (readonly [WordPart['kind'], Word])[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < now.length) {
    const [gone, come] = [old[row], now[column]];
    if (gone !== undefined && come !== undefined && gone.word === come.word) {
      parts.push(['same', come]);
      row++;
      column++;
    } else if (gone !== undefined && (come === undefined || at(row + 1, column) >= at(row, column + 1))) {
      parts.push(['removed', gone]);
      row++;
    } else if (come !== undefined) {
      parts.push(['added', come]);
      column++;
    }
  }
  return parts;
}

/** White space stands between the marks and not in them, so that no line through words runs on past them. */
function join(words: readonly (readonly [WordPart['kind'], Word])[]): readonly WordPart[] {
  const parts: { kind: WordPart['kind']; text: string; gap: string }[] = [];
  for (const [kind, { word, gap }] of words) {
    const last = parts.at(-1);
    if (last?.kind === kind) {
      last.text += last.gap + word;
      last.gap = gap;
    } else parts.push({ kind, text: word, gap });
  }
  return parts.flatMap(({ kind, text, gap }, index): readonly WordPart[] => {
    const after = index === parts.length - 1 ? '' : gap === '' ? ' ' : gap;
    return after === ''
      ? [{ kind, text }]
      : [
          { kind, text },
          { kind: 'same', text: after },
        ];
  });
}
