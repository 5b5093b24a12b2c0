import { basename } from 'node:path';
import { advance } from '../../log/advance.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { Checkpoint } from './checkpoint.ts';
import { KeyTable } from './keyTable.ts';
import { damagedLog, listSegments, readEntries, readSegments, type ReadSegment } from './readSegments.ts';
import { RecordTable } from './recordTable.ts';
import { SegmentIndex } from './segmentIndex.ts';
import { VersionIndex } from './versionIndex.ts';

/** What a folder holds: everything that is in memory while the store runs. */
export interface ReplayedLog {
  readonly records: RecordTable;
  readonly keys: KeyTable;
  readonly versions: VersionIndex;
  readonly segments: readonly SegmentIndex[];
  readonly lastSize: number;
  readonly head: number;
  readonly floor: number;
  readonly lastAt: number;
  /** Bytes of log that the checkpoint does not cover. */
  readonly newerBytes: number;
}

/**
 * Reads a whole log on top of a checkpoint.
 *
 * Every file is read, also those that the checkpoint covers: the places of old entries are not stored anywhere else, and
 * damage is better found at a start than by the person who needs the history.
 *
 * Errors  LOG_DAMAGED when entries are damaged or missing that no checkpoint makes up for
 */
export async function replayLog(
  logFolder: string,
  checkpoint: Checkpoint | null,
  onWarning: (message: string) => void,
): Promise<ReplayedLog> {
  const covered = checkpoint?.seq ?? 0;
  const records = new RecordTable();
  for (const stored of checkpoint?.records ?? []) records.set(stored);
  const keys = new KeyTable();
  const versions = new VersionIndex();
  const segments: SegmentIndex[] = [];
  let [head, floor, lastAt, lastSize, newerBytes] = [0, 0, 0, 0, 0];
  for await (const file of readSegments(logFolder, await listSegments(logFolder))) {
    warnOfTornTail(file, onWarning);
    const segment = new SegmentIndex(file.path, file.groups[0]?.header.after ?? head);
    for (const [index, group] of file.groups.entries()) {
      const { after } = group.header;
      if (after !== head) {
        // Between two files it is what retention leaves; everything up to there has to be in the checkpoint.
        if (index > 0 || after < head || after > covered) {
          throw damagedLog(file.path, 1, `entries ${head + 1} to ${after} are missing`);
        }
        floor = after;
      }
      for (const { entry, offset, length } of readEntries(group)) {
        if (entry.kind === 'change' && entry.seq > covered) {
          records.set(advance(records.get(entry.resource, entry.id), entry));
        }
        keys.add(entry);
        versions.add(entry);
        segment.add(entry, offset, length);
        head = entry.seq;
        lastAt = entry.at;
      }
      if (head > covered) newerBytes += group.end - group.offset;
    }
    segments.push(segment);
    lastSize = file.size;
  }
  if (head < covered) throw endsTooEarly(logFolder, head, covered);
  return { records, keys, versions, segments, lastSize, head, floor, lastAt, newerBytes };
}

/** The error of a log that ends before a place which is known to have been durable. */
export function endsTooEarly(logFolder: string, head: number, known: number): SyncError {
  return new SyncError(
    'LOG_DAMAGED',
    `The log in ${logFolder} ends at entry ${head}, but entry ${known} was stored: saves that were acknowledged are missing. Stop, keep a copy of the folder, and put it back from a backup.`,
  );
}

function warnOfTornTail({ path, tornTail }: ReadSegment, onWarning: (message: string) => void): void {
  if (tornTail === null) return;
  onWarning(
    `${basename(path)}, line ${tornTail.line}: the end was cut off. It is what was being written when the process ended; it was never acknowledged.`,
  );
}
