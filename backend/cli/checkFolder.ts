import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hasErrorCode } from '../stores/lowdb/durableFile.ts';
import { failed, failedBy, ok, warning, type CheckLine } from './checkLine.ts';
import { checkClock } from './checkClock.ts';
import { findFolderOwner } from './findFolderOwner.ts';
import { folderSnapshot } from './folderSnapshot.ts';

const mebibyte = 1024 * 1024;
const leastBytes = 100 * mebibyte;
const fewBytes = 1024 * mebibyte;

/** The data folder of the embedded store: rights, owner, content, clock and space. Reads only. */
export async function checkFolder(folder: string): Promise<readonly CheckLine[]> {
  const existing = await nearestExisting(resolve(folder));
  const isThere = existing === resolve(folder);
  const lines: CheckLine[] = [];
  try {
    if (!(await stat(existing)).isDirectory())
      return [failed('store', `${existing} is no folder`, 'Name another DATA_DIR.')];
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [failedBy('store', error, 'Give the process the right to read and write it, or name another DATA_DIR.')];
  }
  if (isThere && (await hasLog(folder))) lines.push(...(await checkContent(folder)));
  else lines.push(ok('store', `${folder} holds nothing yet; the first start fills it`), checkClock(0));
  lines.push(await checkSpace(existing));
  return lines;
}

async function checkContent(folder: string): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  try {
    const owner = await findFolderOwner(folder);
    if (owner !== null)
      lines.push(
        warning('owner', `process ${owner.pid} on ${owner.host} uses ${folder}`, 'Well if that is your server. Another one on this folder would be refused.'),
      ); // prettier-ignore
    const snapshot = await folderSnapshot(folder);
    let records = 0;
    for await (const { record } of snapshot.records()) records += record === null ? 0 : 1;
    lines.push(ok('store', `${folder} is readable: ${records} records, log up to entry ${snapshot.head}`));
    if (snapshot.past.isCopy)
      lines.push(warning('copy', `${folder} is a copy of another folder`, 'The next start gives it a new epoch; clients load everything once more.')); // prettier-ignore
    lines.push(checkClock(snapshot.lastAt));
  } catch (error) {
    lines.push(failedBy('store', error, 'A server would not start on it. docs/errors says more about the code.'));
  }
  return lines;
}

async function checkSpace(folder: string): Promise<CheckLine> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${Math.floor(free / mebibyte)} MiB are free`;
  const advice = 'Free some space: a save that the disk does not take is refused.';
  if (free < leastBytes) return failed('disk', found, advice);
  return free < fewBytes ? warning('disk', found, advice) : ok('disk', found);
}

async function hasLog(folder: string): Promise<boolean> {
  return stat(join(folder, 'log')).then(
    () => true,
    () => false,
  );
}

async function nearestExisting(path: string): Promise<string> {
  for (let current = path; ; current = dirname(current)) {
    try {
      await stat(current);
      return current;
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') || dirname(current) === current) return current;
    }
  }
}
