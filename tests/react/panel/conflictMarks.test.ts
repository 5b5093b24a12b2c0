import { describe, expect, test } from 'vitest';
import { wordDiff } from '../../../backoffice/panel/conflict/wordDiff.ts';

const drawn = (before: string, after: string, unit: 'word' | 'line') =>
  wordDiff(before, after, unit)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `+${text}+` : `-${text}-`))
    .join('');

describe('the marks of a conflict', () => {
  test('a word that is replaced at the end of a paragraph stands in the same line as the one that replaces it', () => {
    const texts = ['First part here.\n\nSecond part here.', 'First part there.\n\nSecond part here.'] as const;
    expect(drawn(...texts, 'word')).toBe('First part -here.- +there.+\n\nSecond part here.');
  });

  test('items of a list are marked one by one, also when all of them are others', () => {
    expect(drawn('• a b\n• c', '• a b\n• d\n• e', 'line')).toBe('• a b\n-• c-\n+• d+\n+• e+');
    expect(drawn('• a b', '• c d', 'line')).toBe('-• a b-\n+• c d+');
  });
});
