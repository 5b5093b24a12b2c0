import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { advance } from '../../log/advance.ts';
import { liftVersion } from '../../log/liftVersion.ts';
import { SyncError } from '../../../shared/problem.ts';
import { readCheckpoint } from './checkpoint.ts';
import { markOpen, readFolderPast, writeNewEpoch } from './folderEpoch.ts';
import { takeFolder, type FolderOwner } from './folderOwner.ts';
import type { KeyTable } from './keyTable.ts';
import { LogFiles } from './logFiles.ts';
import { LowdbLog } from './lowdbLog.ts';
import type { LowdbStoreOptions } from './lowdbOptions.ts';
import type { RecordTable } from './recordTable.ts';
import { endsTooEarly, replayLog } from './replayLog.ts';
import { StateFile } from './stateFile.ts';
import type { StoreHealth } from './storeHealth.ts';
import type { VersionIndex } from './versionIndex.ts';

/** A data folder that is open: everything the store works with. */
export interface OpenedFolder {
  readonly owner: FolderOwner;
  readonly files: LogFiles;
  readonly log: LowdbLog;
  readonly records: RecordTable;
  readonly keys: KeyTable;
  readonly versions: VersionIndex;
  readonly state: StateFile;
  /** The place that the next entry gets, and the time of the last one. */
  readonly nextSeq: number;
  readonly lastAt: number;
  /** The place of `db.json`, and how much log is newer. */
  readonly checkpointSeq: number;
  readonly newerBytes: number;
}

/** An end without a mark may have left places that somebody saw: they are skipped, far enough for any group. */
const seqSkipAfterCrash = 2 ** 20;
const liftGroupSize = 500;

/**
 * Takes a folder, reads it and makes it ready for writing.
 *
 * Errors  FOLDER_OWNED, FOLDER_UNUSABLE, LOG_DAMAGED, CHECKPOINT_MISMATCH; the folder is let go of then
 */
export async function openFolder(options: Required<LowdbStoreOptions>, health: StoreHealth): Promise<OpenedFolder> {
  const { folder } = options;
  const owner = await explainFailure(folder, async () => {
    await mkdir(join(folder, 'log'), { recursive: true });
    return takeFolder(folder, (detail) => void health.fail(detail));
  });
  try {
    return await explainFailure(folder, () => readFolder(options, owner, health));
  } catch (error) {
    await owner.release();
    throw error;
  }
}

async function readFolder(
  options: Required<LowdbStoreOptions>,
  owner: FolderOwner,
  health: StoreHealth,
): Promise<OpenedFolder> {
  const { folder, onWarning, openFile } = options;
  const logFolder = join(folder, 'log');
  const past = await readFolderPast(folder);
  const checkpoint = await readCheckpoint(folder);
  const replayed = await replayLog(logFolder, checkpoint, onWarning);
  if (past.closedAt !== null && past.closedAt > replayed.head)
    throw endsTooEarly(logFolder, replayed.head, past.closedAt);
  // Before the mark is taken away: a state that is damaged leaves the folder as it was found.
  const state = await StateFile.open({
    ...options,
    path: join(folder, 'state.jsonl'),
    owner: owner.id,
    health,
    compactAfterBytes: options.checkpointAfterBytes,
  });
  const { maxSegmentBytes } = options;
  const files = new LogFiles({ ...replayed, folder: logFolder, owner: owner.id, health, openFile, maxSegmentBytes });
  try {
    await markOpen(folder);
    await files.open();
    const wasClosed = past.epoch === null || past.closedAt !== null;
    let nextSeq = replayed.head + 1 + (wasClosed ? 0 : seqSkipAfterCrash);
    let { lastAt } = replayed;
    if (past.isCopy) {
      onWarning(
        `${folder} is a copy of another data folder, or was put back from a backup: clients load everything once more.`,
      );
      ({ nextSeq, lastAt } = await liftVersions({ ...replayed, files, nextSeq, now: options.now() }));
    }
    const epoch = past.epoch === null || past.isCopy ? await writeNewEpoch(folder) : past.epoch;
    replayed.keys.removeOld(options.now());
    const { versions, floor } = replayed;
    return {
      ...replayed,
      owner,
      files,
      log: new LowdbLog({ epoch, files, versions, floor, tailBytes: options.tailBytes }),
      state,
      nextSeq,
      lastAt,
      checkpointSeq: checkpoint?.seq ?? 0,
    };
  } catch (error) {
    await files.close();
    await state.close();
    throw error;
  }
}

/**
 * Lifts every record before the new epoch is written: a crash in between lifts once more, which does no harm, where the
 * other order would leave old versions under the new name.
 */
async function liftVersions(from: {
  readonly records: RecordTable;
  readonly versions: VersionIndex;
  readonly files: LogFiles;
  readonly nextSeq: number;
  readonly lastAt: number;
  readonly now: number;
}): Promise<{ nextSeq: number; lastAt: number }> {
  let { nextSeq, lastAt } = from;
  const lines = from.records.listAll().map((stored) => {
    lastAt = Math.max(from.now, lastAt + 1);
    const entry = { ...liftVersion(stored), seq: nextSeq, at: lastAt };
    nextSeq += 1;
    from.records.set(advance(stored, entry));
    from.versions.add(entry);
    return { entry, line: JSON.stringify(entry) };
  });
  for (let start = 0; start < lines.length; start += liftGroupSize) {
    await from.files.append(lines.slice(start, start + liftGroupSize));
  }
  return { nextSeq, lastAt };
}

async function explainFailure<Result>(folder: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SyncError) throw error;
    throw new SyncError(
      'FOLDER_UNUSABLE',
      `The data folder ${folder} cannot be used: ${String(error)}. The process needs to read and write it.`,
      {
        cause: error,
      },
    );
  }
}
