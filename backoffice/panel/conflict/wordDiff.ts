/** Which words of a text, or items of a list, are new and which are gone, for the eye of somebody who compares two versions. */
import { commonRow } from './commonRow.ts';

/** A run of words; `removed` ones are only in the text before. */
export interface WordPart {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** What is compared: the words of a text, or its lines where each is an item of a list. */
export type DiffUnit = 'word' | 'line';

/** A word, and the white space after it; or a line, and its end. */
interface Word {
  readonly word: string;
  readonly gap: string;
}

/** Comparisons of words after which a text counts as rewritten: about 500 changed words on each side. */
const longestComparison = 250_000;
/** Below this share of words in common, marks would be on everything and show nothing; which items differ is always of use. */
const leastInCommon: Readonly<Record<DiffUnit, number>> = { word: 0.3, line: 0 };

/**
 * The words of `after` with those of `before` that are gone, in reading order.
 *
 * Shape   one part of kind `same` where the texts are alike, or so different that marks would not help
 * Limits  texts that differ in more than about 500 words are given without marks
 */
export function wordDiff(before: string, after: string, unit: DiffUnit = 'word'): readonly WordPart[] {
  const [old, now] = [wordsOf(before, unit), wordsOf(after, unit)];
  const plain: readonly WordPart[] = [{ kind: 'same', text: after }];
  const row = commonRow(
    old.map(({ word }) => word),
    now.map(({ word }) => word),
    longestComparison,
  );
  if (row === null || (row.length === old.length && row.length === now.length)) return plain;
  if (row.length < leastInCommon[unit] * Math.max(old.length, now.length)) return plain;
  const words: (readonly [WordPart['kind'], Word])[] = [];
  let at = { old: 0, now: 0 };
  for (const [oldPlace, nowPlace] of [...row, [old.length, now.length] as const]) {
    for (const word of old.slice(at.old, oldPlace)) words.push(['removed', word]);
    for (const word of now.slice(at.now, nowPlace)) words.push(['added', word]);
    const same = now[nowPlace];
    if (same !== undefined) words.push(['same', same]);
    at = { old: oldPlace + 1, now: nowPlace + 1 };
  }
  return join(words, unit);
}

function wordsOf(text: string, unit: DiffUnit): readonly Word[] {
  const pattern = unit === 'word' ? /(\S+)(\s*)/g : /([^\n]+)(\n*)/g;
  return [...text.matchAll(pattern)].map(([, word = '', gap = '']) => ({ word, gap }));
}

/** White space stands between the marks and not in them, so that no line through words runs on past them. */
function join(words: readonly (readonly [WordPart['kind'], Word])[], unit: DiffUnit): readonly WordPart[] {
  const parts: { kind: WordPart['kind']; text: string; gap: string }[] = [];
  const between = unit === 'word' ? ' ' : '\n';
  for (const [kind, { word, gap }] of words) {
    const last = parts.at(-1);
    // Each item has a mark of its own.
    if (last?.kind === kind && (unit === 'word' || kind === 'same')) {
      last.text += (last.gap === '' ? between : last.gap) + word;
      last.gap = gap;
    } else parts.push({ kind, text: word, gap });
  }
  return parts.flatMap(({ kind, text, gap }, index): readonly WordPart[] => {
    // What takes the place of words stands beside them; the line break after them comes after it.
    const isReplaced = kind === 'removed' && parts[index + 1]?.kind === 'added';
    const after = index === parts.length - 1 ? '' : gap === '' || isReplaced ? between : gap;
    return after === ''
      ? [{ kind, text }]
      : [
          { kind, text },
          { kind: 'same', text: after },
        ];
  });
}
