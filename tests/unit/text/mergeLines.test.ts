import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../../shared/text/mergeLines.ts';

const lines = (...all: string[]) => all.join('\n');
const merged = (base: string, mine: string, theirs: string) => {
  const result = mergeLines({ base, mine, theirs });
  // Whatever is shown for one case holds for the other way round.
  expect(mergeLines({ base, mine: theirs, theirs: mine })).toBe(result);
  return result;
};

describe('two changes of one text', () => {
  test.each<[string, string, string, string, string | null]>([
    ['of lines that do not touch are both taken', 'a b c', 'A b c', 'a b C', 'A b C'],
    ['of neighbouring lines are a conflict', 'a b c', 'A b c', 'a B c', null],
    ['of one line are a conflict', 'a b c', 'a x c', 'a y c', null],
    ['of one line, alike, are taken once', 'a b c d', 'A b c d x', 'A b c d', 'A b c d x'],
    ['alike in one stretch and apart in others are all taken', 'a b c d e', 'A b c d E', 'A b x c d e', 'A b x c d E'],
    [
      'alike beside others in one stretch are taken once',
      'x a x b x c x',
      'x A x B x c x',
      'x A x b x C x',
      'x A x B x C x',
    ],
    [
      'one moving the first line to the end, the other editing between',
      'a b c d e',
      'b c d e a',
      'a b C d e',
      'b C d e a',
    ],
    ['that add at different places are both taken', 'a b c', 'a x b c', 'a b c y', 'a x b c y'],
    ['that add different lines at one place are a conflict', 'a b', 'a x b', 'a y b', null],
    ['that add the same lines at one place are taken once', 'a b c d', 'a x b c d', 'a x b c D', 'a x b c D'],
    ['that both append are a conflict', 'a', 'a x', 'a y', null],
    ['that remove different lines are both taken', 'a b c d e', 'b c d e', 'a b c d', 'b c d'],
    ['one removing what the other changed are a conflict', 'a b c', 'a c', 'a B c', null],
    ['one removing what the other removed, too, are taken', 'a b c d e', 'a c d e', 'a c d', 'a c d'],
    ['one clearing the text that the other changed are a conflict', 'a b c', '', 'a b C', null],
    [
      'among lines that repeat are both taken',
      'x x x a x x x b x',
      'x x x A x x x b x',
      'x x x a x x x B x',
      'x x x A x x x B x',
    ],
    [
      'one moving a line that the other left alone are both taken',
      'a b c d e f',
      'b c d a e f',
      'a b c d e F',
      'b c d a e F',
    ],
  ])('%s', (_, base, mine, theirs, expected) => {
    const text = (words: string) => words.split(' ').join('\n');
    expect(merged(text(base), text(mine), text(theirs))).toBe(expected === null ? null : text(expected));
  });

  test('a text without a base in common is a conflict', () => {
    expect(merged('', 'a', 'b')).toBeNull();
    expect(merged('', 'a', 'a')).toBe('a');
  });

  test('a last line keeps having no line end, and one that got one keeps it', () => {
    expect(merged(lines('a', 'b', 'c'), lines('A', 'b', 'c'), lines('a', 'b', 'C'))).toBe(lines('A', 'b', 'C'));
    expect(merged(lines('a', 'b', 'c'), lines('A', 'b', 'c'), lines('a', 'b', 'c', ''))).toBe(lines('A', 'b', 'c', ''));
    expect(merged(lines('a', 'b', 'c', ''), lines('A', 'b', 'c', ''), lines('a', 'b', 'c'))).toBe(lines('A', 'b', 'c'));
  });

  test('a line that looks like the mark of a conflict, or like an inherited name, is a line', () => {
    const base = lines('<<<<<<< a', '__proto__', 'constructor', '=======', '>>>>>>> b');
    const mine = base.replace('__proto__', '__proto__ edited');
    const theirs = base.replace('b', 'B');
    expect(merged(base, mine, theirs)).toBe(mine.replace('b', 'B'));
  });
});

describe('the ends of lines', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  const [base, mine, theirs, both] = [
    lines('a', 'b', 'c', ''),
    lines('A', 'b', 'c', ''),
    lines('a', 'b', 'C', ''),
    lines('A', 'b', 'C', ''),
  ];

  test('stay what they are', () => {
    expect(merged(base, mine, theirs)).toBe(both);
    expect(merged(crlf(base), crlf(mine), crlf(theirs))).toBe(crlf(both));
  });

  test('that one side changed everywhere are merged with what the other typed', () => {
    expect(merged(crlf(base), base, crlf(theirs))).toBe(theirs);
    expect(merged(base, crlf(mine), theirs)).toBe(crlf(both));
    expect(merged(crlf(base), mine, theirs)).toBe(both);
  });

  test('of a text that mixes them belong to their lines', () => {
    const mixed = 'a\r\nb\nc\r\nd\n';
    expect(merged(mixed, mixed.replace('a', 'A'), mixed.replace('d', 'D'))).toBe('A\r\nb\nc\r\nD\n');
    expect(merged(mixed, mixed.replaceAll('\r', ''), mixed.replace('d', 'D'))).toBeNull();
  });

  test('that a single line never had come from whoever added lines', () => {
    expect(merged('a', 'a\r\nb', 'a\r\nb')).toBe('a\r\nb');
    expect(merged('a\r\nb\r\nc', 'A\r\nb\r\nc', 'a')).toBeNull();
  });
});

describe('bounds', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);
  const withLine = (all: readonly string[], place: number, line: string) => lines(...all.with(place, line));

  test('two changes far apart in a long text are both taken', () => {
    const all = numbered(9000);
    const result = merged(lines(...all), withLine(all, 3, 'mine'), withLine(all, 8990, 'theirs'));
    expect(result).toBe(lines(...all.with(3, 'mine').with(8990, 'theirs')));
  });

  test('changes among many empty lines are both taken', () => {
    const all = numbered(4000).map((line, index) => (index % 2 === 0 ? '' : line));
    const result = merged(lines(...all), withLine(all, 1, 'mine'), withLine(all, 3991, 'theirs'));
    expect(result).toBe(lines(...all.with(1, 'mine').with(3991, 'theirs')));
  });

  test('more than 10,000 lines are not merged', () => {
    const at = (count: number) => {
      const all = numbered(count);
      return merged(lines(...all), withLine(all, 3, 'mine'), withLine(all, 8990, 'theirs'));
    };
    expect(at(10_000)).not.toBeNull();
    expect(at(10_001)).toBeNull();
  });

  test('more than 250 lines that both changed are not merged', () => {
    // Every second line is the same in all three, but never unique: nothing to cut at.
    const stretch = (count: number, name: string) =>
      Array.from({ length: count }, (_, index) => (index % 3 === 0 ? `${name} ${index}` : 'same'));
    const at = (count: number) =>
      merged(
        lines(...stretch(count, 'base')),
        lines(...stretch(count, 'base').with(0, 'mine')),
        lines(...stretch(count, 'base').with(count - 1, 'theirs')),
      );
    expect(at(400)).not.toBeNull();
    const equal = (count: number, first: string, last: string) => lines(first, ...Array(count - 2).fill('same'), last);
    const hostile = (count: number) => merged(equal(count, 'a', 'z'), equal(count, 'A', 'z'), equal(count, 'a', 'Z'));
    expect(hostile(250)).toBe(equal(250, 'A', 'Z'));
    expect(hostile(251)).toBeNull();
  });

  const equalLines = (count: number) => 'x\n'.repeat(count);
  const differentLines = (count: number, name: string) => lines(...numbered(count).map((line) => name + line));
  test.each<[string, string, string, string]>([
    ['100,000 equal lines', `a${equalLines(100_000)}z`, `b${equalLines(100_001)}y`, `c${equalLines(99_999)}`],
    ['9,990 equal lines', `a${equalLines(9990)}z`, `b${equalLines(9989)}y`, `c${equalLines(9991)}`],
    ['9,990 different lines', differentLines(9990, 'a'), differentLines(9990, 'b'), differentLines(9990, 'c')],
    ['250 equal lines between different ones', `a${equalLines(248)}z`, `b${equalLines(247)}y`, `c${equalLines(248)}x`],
    ['a million characters in one line', 'a'.repeat(1e6), 'b'.repeat(1e6), 'c'.repeat(1e6)],
    ['a million line ends', '\n'.repeat(1e6), `${'\n'.repeat(1e6)}a`, `b${'\n'.repeat(1e6)}`],
  ])('%s are given up soon', (_, base, mine, theirs) => {
    const before = process.cpuUsage();
    expect(mergeLines({ base, mine, theirs })).toBeNull();
    const { user, system } = process.cpuUsage(before);
    // Ten times what it takes, for a machine that is slower; the square of these texts would take minutes.
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});
