import { jsonEquals } from '../../shared/merge/index.ts';
import type { JsonValue } from '../../shared/json.ts';
import { advance, recordBefore, type StoredRecord } from '../log/advance.ts';
import type { ChangeEntry } from '../log/entry.ts';
import type { Snapshot } from './snapshot.ts';

/** What a check of everything found; `problem` is the first one, with its place. */
export interface Verification {
  readonly entries: number;
  readonly records: number;
  readonly problem: string | null;
}

/** A record as its entries make it; `isWhole` when none of them is gone. */
interface Folded {
  readonly stored: StoredRecord;
  readonly seq: number;
  readonly place: string;
  readonly isWhole: boolean;
}

const versionStep = 1_000_000;

/**
 * Reads every entry and record of a snapshot and compares them.
 *
 * Errors  LOG_DAMAGED from reading, with file and line
 */
export async function verifySnapshot(snapshot: Snapshot): Promise<Verification> {
  const folded = new Map<string, Folded>();
  let [entries, records, lastSeq, lastAt] = [0, 0, 0, 0];
  const found = (problem: string): Verification => ({ entries, records, problem });
  for await (const { entry, place } of snapshot.entries()) {
    if (entry.seq <= lastSeq) return found(`${place}: entry ${entry.seq} comes after entry ${lastSeq}.`);
    if (entry.at <= lastAt)
      return found(`${place}: the time of entry ${entry.seq} is not later than the one before it.`);
    [lastSeq, lastAt] = [entry.seq, entry.at];
    entries += 1;
    if (entry.kind !== 'change') continue;
    const name = nameOf(entry);
    const last = folded.get(name);
    const problem = judge(entry, last, snapshot.floor);
    if (problem !== null) return found(`${place}: ${problem}`);
    const follows = last !== undefined && isNext(entry, last.stored.version);
    folded.set(name, {
      stored: advance(last?.stored ?? null, entry),
      seq: entry.seq,
      place,
      isWhole: last === undefined ? entry.version === 1 : last.isWhole && follows,
    });
  }
  for await (const stored of snapshot.records()) {
    records += 1;
    const name = nameOf(stored);
    const problem = compare(stored, folded.get(name));
    if (problem !== null) return found(problem);
    folded.delete(name);
  }
  const [left] = folded.values();
  if (left !== undefined) return found(`${left.place}: ${title(left.stored)} is in the log and not among the records.`);
  if (lastSeq > snapshot.head) return found(`The log ends at entry ${lastSeq}, above its head ${snapshot.head}.`);
  return { entries, records, problem: null };
}

function judge(entry: ChangeEntry, last: Folded | undefined, floor: number): string | null {
  if (last === undefined) {
    return entry.version === 1 || floor > 0 ? null : `${title(entry)} begins at version ${entry.version}; earlier ones are missing.`; // prettier-ignore
  }
  if (!isNext(entry, last.stored.version)) {
    // At or below the floor old entries may have been removed.
    if (last.seq <= floor && entry.version > last.stored.version) return null;
    return `${title(entry)} goes from version ${last.stored.version} to ${entry.version}.`;
  }
  if (!same(recordBefore(entry), last.stored.record))
    return `version ${entry.version} of ${title(entry)} does not lead back to version ${last.stored.version}.`;
  return null;
}

/** The next version, or the lifted one of a log that got a new epoch. */
function isNext({ version, actor }: ChangeEntry, last: number): boolean {
  return (
    version === last + 1 || (actor.id === 'restore' && version === (Math.floor(last / versionStep) + 1) * versionStep)
  );
}

function compare(stored: StoredRecord, known: Folded | undefined): string | null {
  if (known === undefined) return `${title(stored)} has no entry in the log.`;
  const made = known.stored;
  const at = `${title(stored)} is not what its entries make of it (last one at ${known.place})`;
  if (stored.version !== made.version) return `${at}: version ${stored.version} instead of ${made.version}.`;
  if (!same(stored.record, made.record)) return `${at}: the content differs.`;
  if (known.isWhole && !same(stored.published, made.published)) return `${at}: what the public sees differs.`;
  return null;
}

function same(a: JsonValue, b: JsonValue): boolean {
  return jsonEquals(a, b);
}

function title({ resource, id }: { readonly resource: string; readonly id: string }): string {
  return `${resource}/${id}`;
}

function nameOf({ resource, id }: { readonly resource: string; readonly id: string }): string {
  return JSON.stringify([resource, id]);
}
