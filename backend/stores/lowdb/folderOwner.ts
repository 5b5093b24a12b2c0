import { readFileSync, statSync, utimesSync } from 'node:fs';
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { SyncError } from '../../../shared/problem.ts';
import { hasErrorCode, readTextIfExists, syncFolder } from './durableFile.ts';
import { findLiveness, identifyProcess, type Liveness, type ProcessIdentity } from './processIdentity.ts';

/** A data folder that this process owns. */
export interface FolderOwner {
  /** Written into every group, so that a line tells who wrote it. */
  readonly id: string;
  release(): Promise<void>;
}

interface OwnerFile extends ProcessIdentity {
  readonly id: string;
  /** Of the file itself: in a copied folder it is another one, and the copy owns nothing. */
  readonly inode: number;
}

/** How it is found out whether an owner lives; tests let something happen at this moment. */
type LookAtProcess = (owner: ProcessIdentity) => Liveness;

const ownerName = 'owner.json';
const heartbeatMs = 500;
const silentAfterMs = 2_500;

/**
 * Takes a data folder for this process, or says who has it.
 *
 * `owner.json` names the owner. Every step is a `link`, which only one of many can win:
 * ```
 *  no owner.json ── link owner.json ──► owner
 *  owner X alive ──► refused            X dead ── link X.claim.json ── owner.json still X? ── rename over it ──► owner
 *                                       X.claim.json exists, by Y ──► the same question about Y
 * ```
 * An owner that cannot be seen (another machine or container) is dead when it does not touch its file for 2.5 seconds.
 *
 * Errors  FOLDER_OWNED with pid and folder
 */
export async function takeFolder(
  folder: string,
  onLost: (detail: string) => void,
  look: LookAtProcess = findLiveness,
): Promise<FolderOwner> {
  const id = uuidv7();
  const draft = join(folder, `owner.${id}.draft.json`);
  const inode = await writeDraft(draft, id);
  try {
    while (!(await tryTake(folder, draft, look))) {
      // Somebody was faster, or let go, in between: look again.
    }
  } finally {
    await rm(draft, { force: true });
  }
  await removeLeftovers(folder);
  await syncFolder(folder);
  const path = join(folder, ownerName);
  const stopHeartbeat = keepAlive(path, inode, onLost);
  return {
    id,
    async release() {
      stopHeartbeat();
      if ((await readOwner(path))?.id === id) await rm(path, { force: true });
    },
  };
}

async function tryTake(folder: string, draft: string, look: LookAtProcess): Promise<boolean> {
  const path = join(folder, ownerName);
  if (await tryLink(draft, path)) return true;
  const recorded = await readOwner(path);
  if (recorded === null) return false;
  let last: OwnerFile = recorded;
  let lastPath = path;
  for (;;) {
    await refuseIfAlive(folder, lastPath, last, look);
    const claim = join(folder, `owner.${last.id}.claim.json`);
    if (await tryLink(draft, claim)) {
      // A claim that was taken, used and removed between our two looks is free again, but owner.json names the new owner.
      if ((await readOwner(path))?.id !== recorded.id) {
        await rm(claim, { force: true });
        return false;
      }
      await rename(draft, path);
      return true;
    }
    const claimed = await readOwner(claim);
    if (claimed === null) return false;
    last = claimed;
    lastPath = claim;
  }
}

async function refuseIfAlive(folder: string, path: string, owner: OwnerFile, look: LookAtProcess): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.ino !== owner.inode) return;
  const liveness = look(owner);
  if (liveness === 'dead') return;
  if (liveness === 'unknown' && !(await showsHeartbeat(path))) return;
  const where = liveness === 'alive' ? '' : ` on ${owner.host}`;
  throw new SyncError(
    'FOLDER_OWNED',
    `The folder ${folder} belongs to process ${owner.pid}${where}, which is running. Stop that process, or use another folder; for several processes use PostgreSQL.`,
  );
}

async function showsHeartbeat(path: string): Promise<boolean> {
  const touchedMs = async (): Promise<number> => (await stat(path).catch(() => null))?.mtimeMs ?? 0;
  const first = await touchedMs();
  for (let waitedMs = 0; waitedMs < silentAfterMs; waitedMs += heartbeatMs / 2) {
    await new Promise((resolve) => setTimeout(resolve, heartbeatMs / 2));
    if ((await touchedMs()) !== first) return true;
  }
  return false;
}

/** Synchronous on purpose: two calls a second that cost microseconds, and no promise that may end after the release. */
function keepAlive(path: string, inode: number, onLost: (detail: string) => void): () => void {
  const timer = setInterval(() => {
    try {
      if (statSync(path).ino === inode) {
        utimesSync(path, new Date(), new Date());
        return;
      }
    } catch {
      // The file is gone, which is what the next lines are about.
    }
    clearInterval(timer);
    onLost(`This process no longer owns its data folder: ${path} ${nameOwner(path)}. Nothing is saved here any more.`);
  }, heartbeatMs);
  timer.unref();
  return () => clearInterval(timer);
}

function nameOwner(path: string): string {
  try {
    return `names process ${(JSON.parse(readFileSync(path, 'utf8')) as OwnerFile).pid}`;
  } catch {
    return 'was removed';
  }
}

async function writeDraft(path: string, id: string): Promise<number> {
  const file = await open(path, 'wx');
  try {
    const { ino: inode } = await file.stat();
    const owner: OwnerFile = { id, ...identifyProcess(), inode };
    await file.writeFile(`${JSON.stringify(owner, null, 2)}\n`);
    // Without it a power loss may keep the name and lose the content.
    await file.sync();
    return inode;
  } finally {
    await file.close();
  }
}

async function tryLink(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<OwnerFile | null> {
  const text = await readTextIfExists(path);
  if (text === null) return null;
  try {
    return JSON.parse(text) as OwnerFile;
  } catch (cause) {
    throw new SyncError(
      'FOLDER_UNUSABLE',
      `${path} cannot be read. If no process uses this folder, remove the file and start again.`,
      { cause },
    );
  }
}

/** Claims that led to this owner, and drafts of processes that died while they took the folder. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.claim.json')) await rm(path, { force: true });
    if (!name.endsWith('.draft.json')) continue;
    const owner = await readOwner(path).catch(() => null);
    if (owner !== null && findLiveness(owner) === 'dead') await rm(path, { force: true });
  }
}
