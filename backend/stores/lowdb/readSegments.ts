import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEntry } from '../../log/entry.ts';
import { SyncError } from '../../../shared/problem.ts';
import { decodeGroups, type Group, type GroupDamage } from './groupFormat.ts';

/** A file of the log that was read: its groups, and where good bytes end. */
export interface ReadSegment {
  readonly path: string;
  readonly groups: readonly Group[];
  /** Bytes from the beginning that are whole. */
  readonly size: number;
  /** What a crash left behind at the end of the last file; null when it ends in order. */
  readonly tornTail: GroupDamage | null;
}

/** The name of a file of the log: the place that its first entry gets, so that names sort like places. */
export function segmentName(firstSeq: number): string {
  return `${String(firstSeq).padStart(16, '0')}.jsonl`;
}

/** The names of the files of a log, oldest first; `skipBelow` leaves out files whose entries are all at or below a place. */
export async function listSegments(logFolder: string, skipBelow = 0): Promise<readonly string[]> {
  const names = (await readdir(logFolder)).filter((name) => /^\d{16}\.jsonl$/.test(name)).sort();
  // The next file starts at or after its name, so everything before belongs to the files before it.
  return names.filter((_, index) => {
    const next = names[index + 1];
    return next === undefined || Number.parseInt(next, 10) > skipBelow + 1;
  });
}

/**
 * Reads the files of a log, oldest first, each when it is asked for.
 *
 * Errors  LOG_DAMAGED for anything but a torn end of the last file, with file, line and what to do
 */
export async function* readSegments(logFolder: string, names: readonly string[]): AsyncGenerator<ReadSegment> {
  for (const [index, name] of names.entries()) {
    const path = join(logFolder, name);
    const bytes = await readFile(path);
    const { groups, damage } = decodeGroups(bytes);
    if (damage !== null && (!damage.isTail || index < names.length - 1))
      throw damagedLog(path, damage.line, 'is not what was written there');
    yield { path, groups, size: damage?.offset ?? bytes.length, tornTail: damage };
  }
}

/** The entries of a group, with the bytes they came from. */
export function readEntries(
  group: Group,
): { readonly entry: LogEntry; readonly offset: number; readonly length: number }[] {
  return group.lines.map(({ text, offset, length }) => ({ entry: JSON.parse(text) as LogEntry, offset, length }));
}

/** The error of a log that cannot be trusted. */
export function damagedLog(path: string, line: number, what: string): SyncError {
  return new SyncError(
    'LOG_DAMAGED',
    `${path}, line ${line}: ${what}, and saves that were acknowledged are in it or come after it, so it is not cut off. Stop, keep a copy of the folder, and put it back from a backup; check the disk for errors.`,
  );
}
