import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextIfExists } from '../stores/lowdb/durableFile.ts';
import { findLiveness, type ProcessIdentity } from '../stores/lowdb/processIdentity.ts';

/** A process that has a data folder open. */
export interface RunningOwner {
  readonly pid: number;
  readonly host: string;
}

/** A heartbeat that is older than this is none; an owner on another machine is known by it alone. */
const silentAfterMs = 2_500;

/** The running process that owns a folder; null when none does. Looks and touches nothing. */
export async function findFolderOwner(folder: string): Promise<RunningOwner | null> {
  const path = join(folder, 'owner.json');
  const text = await readTextIfExists(path);
  if (text === null) return null;
  const owner = JSON.parse(text) as ProcessIdentity & { readonly inode: number };
  const found = await stat(path).catch(() => null);
  // The file of a copied folder names an owner who has the original.
  if (found === null || found.ino !== owner.inode) return null;
  const liveness = findLiveness(owner);
  const isAlive = liveness === 'alive' || (liveness === 'unknown' && Date.now() - found.mtimeMs < silentAfterMs);
  return isAlive ? { pid: owner.pid, host: owner.host } : null;
}
