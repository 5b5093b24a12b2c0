/** What ends the lines of a text, apart from the lines themselves. */
import type { TextSides } from '../merge/index.ts';

/** How a text is taken apart and put together again. */
export interface LineEnds {
  /** What stands between two lines of the merged text. */
  readonly joined: '\n' | '\r\n';
  /** A `\r` before the end of a line is part of the line. */
  readonly isPartOfLine: boolean;
}

/**
 * The line ends of the merged text: whoever changed them wins. Where a side mixes them, or two sides brought different ones to
 * a text that had none, each belongs to its line. `undefined` when a side has more than `maxLines` lines.
 */
export function readLineEnds({ base, mine, theirs }: TextSides, maxLines: number): LineEnds | undefined {
  const [before, my, their] = [base, mine, theirs].map((text) => lineEndOf(text, maxLines));
  const all = [before, my, their];
  if (all.includes('too many')) return undefined;
  const perLine: LineEnds = { joined: '\n', isPartOfLine: true };
  if (all.includes('mixed')) return perLine;
  // A side of a single line has no line end that it could have changed.
  const changed = new Set([my, their].filter((end) => end !== 'none' && end !== before));
  if (changed.size > 1) return perLine;
  const end = [...changed][0] ?? before;
  return { joined: end === '\r\n' ? end : '\n', isPartOfLine: false };
}

/** The lines of a text, of which there is at least one. */
export function toLines(text: string, ends: LineEnds): string[] {
  return text.split(ends.isPartOfLine ? '\n' : /\r?\n/);
}

function lineEndOf(text: string, maxLines: number): '\n' | '\r\n' | 'mixed' | 'none' | 'too many' {
  let withReturn = 0;
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (++count >= maxLines) return 'too many';
    if (text[at - 1] === '\r') withReturn++;
  }
  if (count === 0) return 'none';
  if (withReturn === 0) return '\n';
  return withReturn === count ? '\r\n' : 'mixed';
}
