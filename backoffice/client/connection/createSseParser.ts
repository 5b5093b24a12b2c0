/** What one block of a stream said. `data` null: nothing but a place. */
export interface SseBlock {
  readonly id: string | null;
  readonly data: string | null;
}

/**
 * Reads server-sent events out of pieces of text, cut anywhere.
 *
 * A block counts when the empty line after it came: what was cut before is not told. Unlike an EventSource it gives blocks
 * that are nothing but an `id`, by which a quiet stream says how far it is.
 *
 * Source  HTML Living Standard, server-sent events
 */
export function createSseParser(onBlock: (block: SseBlock) => void): (piece: string) => void {
  let rest = '';
  let id: string | null = null;
  let data: string[] = [];
  let isFirst = true;

  const takeLine = (line: string): void => {
    if (line === '') {
      if (id !== null || data.length > 0) onBlock({ id, data: data.length > 0 ? data.join('\n') : null });
      [id, data] = [null, []];
      return;
    }
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    if (name === 'id' && !value.includes('\0')) id = value;
  };

  return (piece) => {
    rest += isFirst ? piece.replace(/^\uFEFF/, '') : piece;
    isFirst &&= piece === '';
    for (;;) {
      const end = /\r\n|\n|\r/.exec(rest);
      // A \r at the very end may be half of a \r\n.
      if (!end || (end[0] === '\r' && end.index === rest.length - 1)) return;
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      takeLine(line);
    }
  };
}
