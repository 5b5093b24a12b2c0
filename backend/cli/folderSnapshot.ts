import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LogEntry } from '../log/entry.ts';
import { SyncError } from '../../shared/problem.ts';
import { readCheckpoint } from '../stores/lowdb/checkpoint.ts';
import { hasErrorCode } from '../stores/lowdb/durableFile.ts';
import { readFolderPast, type FolderPast } from '../stores/lowdb/folderEpoch.ts';
import { decodeGroups } from '../stores/lowdb/groupFormat.ts';
import { damagedLog, readSegments } from '../stores/lowdb/readSegments.ts';
import { endsTooEarly, replayLog, type ReplayedLog } from '../stores/lowdb/replayLog.ts';
import { StateTable, type StateLine } from '../stores/lowdb/stateTable.ts';
import { keyLifetimeMs } from '../stores/keyLifetime.ts';
import { findFolderOwner } from './findFolderOwner.ts';
import { refuseMoved } from '../stores/lowdb/folderEpoch.ts';
import { readDeliveries } from './readDeliveries.ts';
import type { KeptKey, KeptState, Snapshot } from './snapshot.ts';

/** A folder as it is at one moment, with what its files say of its past. */
export interface FolderSnapshot extends Snapshot {
  readonly past: FolderPast;
}

const attempts = 5;

/**
 * Reads a data folder without owning it, and without a write.
 *
 * Files of the log only grow, a group at a time, and `db.json` is replaced whole: what is read up to the last whole group is
 * what the folder would be after a crash at that moment. A server that lets go of old files meanwhile makes the read begin anew.
 *
 * Errors  FOLDER_UNUSABLE, LOG_DAMAGED, CHECKPOINT_MISMATCH
 */
export async function folderSnapshot(folder: string): Promise<FolderSnapshot> {
  await refuseMissing(folder);
  await refuseMoved(folder);
  const owner = await findFolderOwner(folder);
  const notes = owner === null ? [] : [`The folder belongs to process ${owner.pid}, which is running: this is what was durable at this moment.`]; // prettier-ignore
  const past = await readFolderPast(folder);
  // The state before the log: a position in it is never above the head.
  const state = await readState(join(folder, 'state.jsonl'), notes);
  const read = await readLog(folder, notes, owner === null ? 1 : attempts);
  if (owner === null && past.closedAt !== null && past.closedAt > read.head)
    throw endsTooEarly(join(folder, 'log'), read.head, past.closedAt);
  if (past.epoch === null)
    throw new SyncError('FOLDER_UNUSABLE', `${folder} has no epoch.json, so no server ever finished a start in it.`);
  const names = read.segments.map(({ path }) => basename(path));
  const logFolder = join(folder, 'log');

  async function* entries(after = 0): AsyncGenerator<{ entry: LogEntry; place: string }> {
    const wanted = names.filter((_, index) => (read.segments[index]?.last ?? 0) > after);
    try {
      for await (const { path, groups } of readSegments(logFolder, wanted)) {
        let line = 1;
        for (const group of groups) {
          for (const { text } of group.lines) {
            line += 1;
            const entry = JSON.parse(text) as LogEntry;
            if (entry.seq > after && entry.seq <= read.head) yield { entry, place: `${path}, line ${line}` };
          }
          line += 1;
        }
      }
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
      throw new SyncError('STORE_UNAVAILABLE', 'The server let go of an old file of the log while it was read. Run the command again.', { cause: error }); // prettier-ignore
    }
  }

  return {
    past,
    notes,
    epoch: past.epoch,
    head: read.head,
    floor: read.floor,
    lastAt: read.lastAt,
    stateRevision: state.revision,
    resources: () => Promise.resolve([...read.records.count().keys()].sort()),
    async *records(resource) {
      yield* resource === undefined ? read.records.listAll() : read.records.list(resource);
    },
    entries,
    async *keys(): AsyncGenerator<KeptKey> {
      const oldest = Date.now() - keyLifetimeMs;
      for await (const { entry } of entries()) {
        if (entry.key !== undefined && entry.at > oldest) yield { saved: entry.key, at: entry.at };
      }
    },
    async *state(): AsyncGenerator<KeptState> {
      for (const { bucket, key, value, ...rest } of state.toLines()) {
        if (bucket !== undefined && key !== undefined && value !== undefined) yield { bucket, key, value, ...rest };
      }
    },
    deliveries: () => readDeliveries(join(folder, 'deliveries')),
    close: () => Promise.resolve(),
  };
}

async function readLog(folder: string, notes: string[], tries: number): Promise<ReplayedLog> {
  for (let attempt = 1; ; attempt += 1) {
    const warnings: string[] = [];
    try {
      const read = await replayLog(join(folder, 'log'), await readCheckpoint(folder), (warning) =>
        warnings.push(warning),
      );
      if (tries === 1) notes.push(...warnings);
      return read;
    } catch (error) {
      const mayBeMoving = hasErrorCode(error, 'ENOENT') || (error instanceof SyncError && error.code === 'LOG_DAMAGED');
      if (!mayBeMoving || attempt === tries) throw error;
    }
  }
}

async function readState(path: string, notes: string[]): Promise<StateTable> {
  const table = new StateTable();
  const bytes = await readFile(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  });
  const { groups, damage } = decodeGroups(bytes);
  if (damage !== null && !damage.isTail) throw damagedLog(path, damage.line, 'is not what was written there');
  if (damage !== null) notes.push(`${path}, line ${damage.line}: the end is torn; it was never acknowledged.`);
  for (const { text } of groups.flatMap(({ lines }) => lines)) table.apply(JSON.parse(text) as StateLine);
  table.removeExpired(Date.now());
  return table;
}

async function refuseMissing(folder: string): Promise<void> {
  const isThere = await stat(join(folder, 'log')).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return false;
      throw error;
    },
  );
  if (!isThere)
    throw new SyncError('FOLDER_UNUSABLE', `${folder} is not a data folder: there is no folder "log" in it. Name another one with --data-dir.`); // prettier-ignore
}
