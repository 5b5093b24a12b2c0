import { open } from 'node:fs/promises';

const blockBytes = 65_536;

/**
 * The lines of a file before a place, the last one first; a line ends with a newline.
 *
 * Shape   `offset` where the line begins, in bytes; `end` the place after a newline
 * Errors  those of node:fs
 */
export async function* linesBackwards(
  path: string,
  end: number,
): AsyncGenerator<{ readonly offset: number; readonly text: string }, void, undefined> {
  if (end <= 0) return;
  const file = await open(path, 'r');
  try {
    // What was read and not given yet: always from the beginning of a block to the end of a line.
    let held: Buffer = Buffer.alloc(0);
    let start = end;
    while (start > 0) {
      const size = Math.min(blockBytes, start);
      const { buffer } = await file.read(Buffer.alloc(size), 0, size, start - size);
      start -= size;
      held = Buffer.concat([buffer, held]);
      for (;;) {
        // The newline before the last line; the last byte held ends that line itself.
        const newline = held.length < 2 ? -1 : held.lastIndexOf(0x0a, held.length - 2);
        if (newline === -1) break;
        yield { offset: start + newline + 1, text: held.toString('utf8', newline + 1, held.length - 1) };
        held = held.subarray(0, newline + 1);
      }
    }
    if (held.length > 1) yield { offset: 0, text: held.toString('utf8', 0, held.length - 1) };
  } finally {
    await file.close();
  }
}

/** The line that begins at a place, without its newline. Errors  those of node:fs */
export async function lineAt(path: string, offset: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let at = offset; ;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, at);
      const end = buffer.subarray(0, bytesRead).indexOf(0x0a);
      parts.push(buffer.subarray(0, end === -1 ? bytesRead : end));
      if (end !== -1 || bytesRead === 0) return Buffer.concat(parts).toString('utf8');
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Cuts off a last line that a crash tore; the size after it. Errors  those of node:fs */
export async function cutTornEnd(path: string, onWarning: (message: string) => void): Promise<number> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    let whole = size;
    for (let end = size; end > 0; end -= blockBytes) {
      const start = Math.max(0, end - blockBytes);
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      const last = buffer.lastIndexOf(0x0a);
      whole = last === -1 ? 0 : start + last + 1;
      if (last !== -1) break;
    }
    if (whole < size) {
      await file.truncate(whole);
      onWarning(`${path}: the last line was cut off; a crash had torn it.`);
    }
    return whole;
  } finally {
    await file.close();
  }
}
