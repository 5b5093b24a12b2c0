import { mkdir, open, readdir, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredRecord } from '../log/advance.ts';
import type { LogEntry } from '../log/entry.ts';
import { SyncError } from '../../shared/problem.ts';
import { writeCheckpoint } from '../stores/lowdb/checkpoint.ts';
import { replaceFile, syncFolder } from '../stores/lowdb/durableFile.ts';
import { markClosed } from '../stores/lowdb/folderEpoch.ts';
import { encodeGroup } from '../stores/lowdb/groupFormat.ts';
import { lowdbStore } from '../stores/lowdb/lowdbStore.ts';
import { segmentName } from '../stores/lowdb/readSegments.ts';
import type { StateLine } from '../stores/lowdb/stateTable.ts';
import { toBackupLine, type BackupHeader } from './backupFormat.ts';
import { DeliveryWriter } from './deliveryWriter.ts';
import { contentLines, invalid } from './readLines.ts';

/** A backup that was checked. */
export interface RestoreSource {
  readonly file: string;
  readonly header: BackupHeader;
  readonly tell: (line: string) => void;
}

/** What was put back. */
export interface Restored {
  readonly records: number;
  readonly entries: number;
  readonly deliveries: number;
  readonly epoch: string;
}

const groupLines = 500;
const segmentBytes = 16 * 1024 * 1024;
const owner = 'restore';

/**
 * Makes a data folder of a backup.
 *
 * The epoch comes last and under an inode that is not its own, as in a folder that was copied: the store then gives it a new
 * one and lifts the versions, by the same code as for every other copy. Until then `epoch.json` is a sentence, which no server
 * starts on.
 *
 * Errors  FOLDER_UNUSABLE when the folder is not empty, FILE_INVALID
 */
export async function restoreFolder(folder: string, { file, header, tell }: RestoreSource): Promise<Restored> {
  await mkdir(join(folder), { recursive: true });
  const others = (await readdir(folder)).filter((name) => name !== 'key');
  if (others.length > 0)
    throw new SyncError('FOLDER_UNUSABLE', `${folder} is not empty (${others.slice(0, 3).join(', ')}). Restore into a new folder; nothing was changed.`); // prettier-ignore
  const epochPath = join(folder, 'epoch.json');
  await writeFile(
    epochPath,
    'A restore into this folder did not come to its end. Remove the folder and run it again.\n',
  );
  const logFolder = join(folder, 'log');
  await mkdir(logFolder);
  const records: StoredRecord[] = [];
  const states: StateLine[] = [{ revision: header.stateRevision }];
  const deliveries = new DeliveryWriter(join(folder, 'deliveries'));
  let attempts = 0;
  const log = new LogWriter(logFolder, header.floor);
  try {
    for await (const { line, value } of contentLines(file)) {
      const read = toBackupLine(value);
      if (read === null) throw invalid(file, line, 'this line is of no known kind');
      if ('stored' in read) records.push(sharedPublished(read.stored));
      else if ('entry' in read) await log.add(read.entry);
      else if ('state' in read) states.push(read.state);
      else if ('delivery' in read) {
        await deliveries.add(read.delivery);
        attempts += 1;
      }
      // Keys stand in their entries.
    }
    await log.finish();
    await deliveries.finish();
  } finally {
    await log.close();
  }
  await syncFolder(logFolder);
  await writeCheckpoint(folder, { seq: log.last, records });
  const text = encodeGroup(states.map((state) => JSON.stringify(state)), { owner, after: 0 }); // prettier-ignore
  await replaceFile(join(folder, 'state.jsonl'), text.toString());
  await markClosed(folder, log.last);
  await replaceFile(epochPath, `${JSON.stringify({ epoch: header.epoch, inode: 0 }, null, 2)}\n`);
  const store = lowdbStore({ folder, onWarning: tell });
  await store.open();
  const { epoch } = store.log;
  await store.close();
  return { records: records.length, entries: log.count, deliveries: attempts, epoch };
}

/** The same object where the public sees the record itself, so that the checkpoint has it once. */
function sharedPublished(stored: StoredRecord): StoredRecord {
  const isShared = JSON.stringify(stored.published) === JSON.stringify(stored.record);
  return isShared ? { ...stored, published: stored.record } : stored;
}

/** Writes entries as groups, a new file at each size, and one behind the floor: between two files is where a log may have a gap. */
class LogWriter {
  readonly #folder: string;
  readonly #floor: number;
  #file: FileHandle | null = null;
  #size = 0;
  #waiting: string[] = [];
  #after = 0;
  last = 0;
  count = 0;

  constructor(folder: string, floor: number) {
    this.#folder = folder;
    this.#floor = floor;
  }

  async add(entry: LogEntry): Promise<void> {
    if (this.last <= this.#floor && entry.seq > this.#floor) {
      await this.#flush();
      await this.close();
      this.#after = this.#floor;
    }
    if (this.#file === null || this.#size > segmentBytes) await this.#next(entry.seq);
    this.#waiting.push(JSON.stringify(entry));
    this.last = entry.seq;
    this.count += 1;
    if (this.#waiting.length === groupLines) await this.#flush();
  }

  finish(): Promise<void> {
    return this.#flush();
  }

  async close(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = null;
  }

  async #next(firstSeq: number): Promise<void> {
    await this.#flush();
    await this.close();
    this.#file = await open(join(this.#folder, segmentName(firstSeq)), 'wx');
    this.#size = 0;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0 || this.#file === null) return;
    const bytes = encodeGroup(this.#waiting, { owner, after: this.#after });
    await this.#file.writeFile(bytes);
    this.#size += bytes.length;
    this.#after = this.last;
    this.#waiting = [];
  }
}
