import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SyncError } from '../../shared/problem.ts';
import { syncFolder } from '../stores/lowdb/durableFile.ts';

/** What a file of lines was written as. */
export interface WrittenLines {
  /** Without the first and the last line. */
  readonly lines: number;
  readonly sha256: string;
}

const chunkBytes = 256 * 1024;

/**
 * Writes a file of JSON lines: what it is, its content, and an end that tells a whole file from one that was cut off.
 *
 * Shape   `path` null is the standard output; a file is there whole or not at all
 * Errors  FILE_INVALID when the disk does not take it, or the folder is not there; those of `values`
 */
export async function writeLines(
  path: string | null,
  header: object,
  values: AsyncIterable<object>,
): Promise<WrittenLines> {
  const sink = path === null ? standardOutput : await openSink(path);
  // What happened is said by the write that failed; without a listener the process would end with a stack.
  if (path === null) process.stdout.on('error', () => undefined);
  const hash = createHash('sha256');
  let [lines, waiting] = [0, `${JSON.stringify(header)}\n`];
  const flush = async (): Promise<void> => {
    hash.update(waiting);
    await sink.write(waiting);
    waiting = '';
  };
  try {
    for await (const value of values) {
      waiting += `${JSON.stringify(value)}\n`;
      lines += 1;
      if (waiting.length > chunkBytes) await flush();
    }
    await flush();
    const sha256 = hash.digest('hex');
    await sink.write(`${JSON.stringify({ end: { lines, sha256 } })}\n`);
    await sink.finish();
    return { lines, sha256 };
  } catch (error) {
    await sink.discard();
    throw error instanceof SyncError ? error : unwritable(path ?? 'The standard output', error);
  }
}

interface Sink {
  write(text: string): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

const standardOutput: Sink = {
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }),
  finish: () => Promise.resolve(),
  discard: () => Promise.resolve(),
};

async function openSink(path: string): Promise<Sink> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w', 0o600).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  return {
    // writeFile of a handle goes on after a short write, which is what a disk that fills up answers first.
    write: (text) => file.writeFile(text),
    async finish() {
      await file.sync();
      await file.close();
      await rename(temporary, path);
      await syncFolder(dirname(path));
    },
    async discard() {
      // It may be closed already; the error that brought us here says more.
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

function unwritable(path: string, cause: unknown): SyncError {
  return new SyncError('FILE_INVALID', `${path} cannot be written to its end; no file was left.`, { cause });
}
