import { describe, expect, test } from 'vitest';
import { moveCaret } from '../../../backoffice/panel/form/moveCaret.ts';

/** Texts with `|` where the caret is. */
function moved(before: string, after: string): string {
  const place = moveCaret(before.replace('|', ''), after, before.indexOf('|'));
  return `${after.slice(0, place)}|${after.slice(place)}`;
}

describe('the caret in a text that somebody else changes', () => {
  test.each([
    ['stays where it is when the text after it changes', 'one |two', 'one three', 'one |three'],
    ['moves on when text is added before it', 'two |three', 'one two three', 'one two |three'],
    ['moves back when text before it goes', 'one two |three', 'two three', 'two |three'],
    ['keeps its words when both sides of it change', 'a b |c d', 'aa a b c e d', 'aa a b |c e d'],
    ['stays in its word when both sides of it change', 'a wo|rd d', 'b b word e', 'b b wo|rd e'],
    ['goes to where its word was when that is gone', 'one tw|o five', 'one five', 'one |five'],
    ['stays before what is added at it', 'one|', 'one two', 'one| two'],
    ['stays at the start', '|one', 'two', '|two'],
    ['stays at the end when everything before it changes', 'one two|', 'three two', 'three two|'],
    ['is never outside the text', 'one two thre|e', '', '|'],
  ])('%s', (_what, before, after, expected) => {
    expect(moved(before, after)).toBe(expected);
  });

  test('is inside the new text wherever it was, also in texts that have nothing in common or are very long', () => {
    const long = Array.from({ length: 700 }, (_, index) => `word${index}`).join(' ');
    const other = Array.from({ length: 700 }, (_, index) => `other${index}`).join(' ');
    for (const [before, after] of [
      ['abc', 'xyz w'],
      ['', 'x'],
      [long, other],
      [long, 'x'],
    ] as const) {
      for (const caret of [0, Math.floor(before.length / 2), before.length]) {
        const place = moveCaret(before, after, caret);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThanOrEqual(after.length);
      }
    }
  });
});
