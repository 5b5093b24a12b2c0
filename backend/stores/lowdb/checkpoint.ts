import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { StoredRecord } from '../../log/advance.ts';
import { SyncError } from '../../../shared/problem.ts';
import { readTextIfExists, replaceFile } from './durableFile.ts';

/** All records as they are after one place of the log. */
export interface Checkpoint {
  readonly seq: number;
  readonly records: readonly StoredRecord[];
}

/** A record as the file has it: without `published` where the public sees the record itself, which is the most. */
type FileRecord = Omit<StoredRecord, 'published'> & Partial<Pick<StoredRecord, 'published'>>;

interface CheckpointFile {
  readonly about: string;
  readonly seq: number;
  readonly checksum: string;
  readonly records: Readonly<Record<string, readonly FileRecord[]>>;
}

const about =
  'All records as they were after entry `seq` of the log, for reading. Written by the program: a change made here by hand stops the next start.';

/**
 * Reads `db.json`; null when there is none.
 *
 * Errors  CHECKPOINT_MISMATCH when somebody else changed it
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint | null> {
  const path = join(folder, 'db.json');
  const database = openDatabase(path);
  try {
    await database.read();
  } catch (error) {
    if (error instanceof SyntaxError) throw editedCheckpoint(path, error);
    throw error;
  }
  const file = database.data;
  if (file === null) return null;
  // Over the content and not over the bytes: an editor that only laid the text out anew did no harm.
  if (file.checksum !== checksumOf(file.seq, file.records)) throw editedCheckpoint(path);
  const records = Object.values(file.records).flat();
  return { seq: file.seq, records: records.map((stored) => ({ ...stored, published: publishedOf(stored) })) };
}

/** Writes `db.json`, whole or not at all. */
export async function writeCheckpoint(folder: string, { seq, records }: Checkpoint): Promise<void> {
  const byResource = new Map<string, FileRecord[]>();
  for (const stored of records) {
    let list = byResource.get(stored.resource);
    if (list === undefined) byResource.set(stored.resource, (list = []));
    const { published, ...rest } = stored;
    // The same object, not an equal one: cheap to see, and it is what the fold gives.
    list.push(published === stored.record ? rest : stored);
  }
  // fromEntries makes own properties of every name, `__proto__` too.
  const grouped: CheckpointFile['records'] = Object.fromEntries(byResource);
  const database = openDatabase(join(folder, 'db.json'));
  database.data = { about, seq, checksum: checksumOf(seq, grouped), records: grouped };
  await database.write();
}

function openDatabase(path: string): Low<CheckpointFile | null> {
  const adapter = {
    async read() {
      const text = await readTextIfExists(path);
      return text === null ? null : (JSON.parse(text) as CheckpointFile);
    },
    // lowdb's own adapter replaces the file without a sync: after a power loss it may be there and empty.
    write: (data: CheckpointFile | null) => replaceFile(path, `${JSON.stringify(data, null, 2)}\n`),
  };
  return new Low<CheckpointFile | null>(adapter, null);
}

function publishedOf(stored: FileRecord): StoredRecord['published'] {
  return stored.published === undefined ? stored.record : stored.published;
}

function checksumOf(seq: number, records: CheckpointFile['records']): string {
  return createHash('sha256')
    .update(`${seq}\n${JSON.stringify(records)}`)
    .digest('hex');
}

function editedCheckpoint(path: string, cause?: unknown): SyncError {
  return new SyncError(
    'CHECKPOINT_MISMATCH',
    `${path} was changed by another program, and the log says otherwise. Undo the change, or move the file away: the next start makes it again from the log if the log still holds everything. Then make your change in the panel or over the API, where it becomes a save like any other.`,
    { cause },
  );
}
