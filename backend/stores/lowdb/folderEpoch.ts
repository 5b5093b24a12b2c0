import { link, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { SyncError } from '../../../shared/problem.ts';
import { readTextIfExists, replaceFile, syncFolder } from './durableFile.ts';

/** What a folder says about its past when a process opens it. */
export interface FolderPast {
  /** Null for a new folder. */
  readonly epoch: string | null;
  /** True when the folder is a copy, or was put back from a backup: its epoch may not be used any more. */
  readonly isCopy: boolean;
  /** The last place of the log when it was closed in order; null after a crash. */
  readonly closedAt: number | null;
}

const epochName = 'epoch.json';
/** Says where the data of a folder lives now. */
const movedName = 'moved.json';
/** What the epoch file is called in a folder that was moved: renaming it back is all that it takes to return. */
const keptEpochName = 'epoch.before-move.json';
const closedName = 'closed.json';

/**
 * Reads which log a folder holds and how it was left.
 *
 * A restored folder runs no code of ours, so the epoch comes back with the data. The epoch file therefore holds its own
 * inode: a copy has another one. It is written once and never again, so that it stays in place for the life of the log.
 *
 * Errors  FOLDER_UNUSABLE when a file is not what this program writes, or when the data was moved to another store
 */
export async function readFolderPast(folder: string): Promise<FolderPast> {
  await refuseMoved(folder);
  const path = join(folder, epochName);
  const known = await readJson<{ epoch: string; inode: number }>(path);
  const closed = await readJson<{ head: number }>(join(folder, closedName));
  if (known === null) return { epoch: null, isCopy: false, closedAt: null };
  return { epoch: known.epoch, isCopy: (await stat(path)).ino !== known.inode, closedAt: closed?.head ?? null };
}

/** Refuses a folder of which the data lives in another store now: saves to it would be lost to everybody. Errors  FOLDER_UNUSABLE */
export async function refuseMoved(folder: string): Promise<void> {
  const moved = await readJson<{ to: string; at: string }>(join(folder, movedName));
  if (moved === null) return;
  throw new SyncError(
    'FOLDER_UNUSABLE',
    `${folder} was moved to ${moved.to} on ${moved.at}; saves go on there. Start with DATABASE_URL. To go back to this folder as it was then, remove ${movedName} and rename ${keptEpochName} to ${epochName}.`,
  );
}

/**
 * Marks a folder as moved, so that no server starts on it by accident.
 *
 * Its epoch gives way to a sentence too, for a version of this program that does not know the mark; the file itself keeps its
 * inode under another name.
 */
export async function markMoved(folder: string, to: string): Promise<void> {
  const [epoch, kept] = [join(folder, epochName), join(folder, keptEpochName)];
  await rm(kept, { force: true });
  await link(epoch, kept);
  const mark = { to, at: new Date().toISOString() };
  await replaceFile(join(folder, movedName), `${JSON.stringify(mark, null, 2)}\n`);
  await replaceFile(
    epoch,
    `This folder was moved to ${to}. Start with DATABASE_URL; see ${movedName} beside this file.\n`,
  );
  await syncFolder(folder);
}

/** Gives a folder a new epoch and returns it; later ones sort behind earlier ones (uuid v7). */
export async function writeNewEpoch(folder: string): Promise<string> {
  const epoch = uuidv7();
  await replaceFile(join(folder, epochName), (inode) => `${JSON.stringify({ epoch, inode }, null, 2)}\n`);
  return epoch;
}

/** Says that the log ends here, in order; the next start then uses the next place. */
export async function markClosed(folder: string, head: number): Promise<void> {
  await replaceFile(join(folder, closedName), `${JSON.stringify({ head })}\n`);
}

/** Takes the mark away, durably and before anything is written: from here on an end without a mark is a crash. */
export async function markOpen(folder: string): Promise<void> {
  await rm(join(folder, closedName), { force: true });
  await syncFolder(folder);
}

async function readJson<Value>(path: string): Promise<Value | null> {
  const text = await readTextIfExists(path);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw new SyncError(
      'FOLDER_UNUSABLE',
      `${path} is not the JSON that was written there. Put the folder back from a backup.`,
      { cause },
    );
  }
}
