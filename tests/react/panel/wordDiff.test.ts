import { describe, expect, test } from 'vitest';
import { wordDiff } from '../../../backoffice/panel/conflict/wordDiff.ts';

const drawn = (before: string, after: string) =>
  wordDiff(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `+${text}+` : `-${text}-`))
    .join('');

describe('the words in which two texts differ', () => {
  test('texts that are alike have no marks', () => {
    expect(drawn('one two', 'one two')).toBe('one two');
  });

  test('new words and those that are gone stand where they belong', () => {
    expect(drawn('we build small sites', 'we build very small pages')).toBe('we build +very+ small -sites- +pages+');
  });

  test('a run of new words is one mark, without the white space around it', () => {
    expect(drawn('keep this text here', 'keep this new and long text here')).toBe('keep this +new and long+ text here');
  });

  test('line breaks of the text stay', () => {
    expect(drawn('first\nsecond line', 'first\nthird line')).toBe('first\n-second- +third+ line');
  });

  test('a text that was written anew has no marks, since all of it would be one', () => {
    expect(drawn('one two three four', 'five six seven eight')).toBe('five six seven eight');
  });

  test('what both texts show is the whole of the new one, whatever was marked', () => {
    const before = 'a b c d e f g a b c';
    for (const after of ['a c e g', 'x a b c d e f g a b c y', 'c b a g f e d', 'a b c d e f g a b c d'])
      expect(
        wordDiff(before, after)
          .filter(({ kind }) => kind !== 'removed')
          .map(({ text }) => text)
          .join('')
          .split(/\s+/)
          .join(' ')
          .trim(),
      ).toBe(after);
  });

  test('two very long texts are compared without filling the memory', () => {
    const long = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word}${index}`).join(' ');
    expect(wordDiff(long('a'), long('b'))).toHaveLength(1);
  });
});
