import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file so that after a crash there is the old content or the new one, whole.
 *
 * Shape   `text` is the content, or gives it from the inode that the file is going to have
 * Errors  those of node:fs; the old file is untouched then
 */
export async function replaceFile(path: string, text: string | ((inode: number) => string)): Promise<void> {
  // One owner per folder and one writer per file: a fixed name, so that a crash leaves one file and not many.
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      // writeFile of a handle goes on after a short write, which is what a disk that fills up answers first.
      await file.writeFile(typeof text === 'string' ? text : text((await file.stat()).ino));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {
      // The temporary file is overwritten next time; the error that brought us here says more.
    });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes names that were added to or removed from a folder durable; without it a crash may forget a new file. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and makes names durable by itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The text of a file; null when there is none. */
export async function readTextIfExists(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** True for an error of node:fs with this code. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
