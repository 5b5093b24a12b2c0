import { advance, type StoredRecord } from '../../log/advance.ts';
import type { LogEntry, SavedKey } from '../../log/entry.ts';
import { findForbiddenText } from '../checkWrite.ts';
import { foundations, isUnfounded } from '../foundations.ts';
import type { CommitOutcome, Write } from '../store.ts';
import type { EntryLine } from './logFiles.ts';

/** What is durable, as a group of writes finds it. */
export interface GroupBase {
  readonly nextSeq: number;
  readonly lastAt: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  findRecord(resource: string, id: string): StoredRecord | null;
  findKey(scope: string, key: string): SavedKey | null;
}

/** A group that is not stored yet: what to append, what memory becomes afterwards, and what each write is told then. */
export interface GroupDraft {
  readonly lines: readonly EntryLine[];
  readonly records: readonly StoredRecord[];
  readonly outcomes: readonly CommitOutcome[];
}

/**
 * Decides every write of a group, each on top of those before it.
 *
 * Pure: nothing in memory changes until the group is durable, so a group that cannot be written is forgotten by
 * dropping the draft, together with every save that was built on another save of it.
 */
export function draftGroup(batches: readonly (readonly Write[])[], base: GroupBase): GroupDraft {
  const lines: EntryLine[] = [];
  const records = new Map<string, StoredRecord>();
  const keys = new Map<string, SavedKey>();
  let at = base.lastAt;

  function decide(write: Write, below: readonly (CommitOutcome | undefined)[]): CommitOutcome {
    const { key } = write.entry;
    const saved = key === undefined ? null : (keys.get(nameOf(key.scope, key.key)) ?? base.findKey(key.scope, key.key));
    if (saved !== null) return { status: 'repeated', saved };
    if (!('expectedVersion' in write)) return take({ ...write.entry, ...nextPlace() });
    const { resource, id } = write.entry;
    const stored = records.get(nameOf(resource, id)) ?? base.findRecord(resource, id);
    if ((stored?.version ?? 0) !== write.expectedVersion || isUnfounded(below)) return { status: 'stale', stored };
    const entry = { ...write.entry, ...nextPlace() };
    const outcome = take(entry);
    if (outcome.status === 'committed') records.set(nameOf(resource, id), advance(stored, entry));
    return outcome;
  }

  function nextPlace(): Pick<LogEntry, 'seq' | 'at'> {
    return { seq: base.nextSeq + lines.length, at: Math.max(base.now, at + 1) };
  }

  function take(entry: LogEntry): CommitOutcome {
    const line = JSON.stringify(entry);
    const error = findForbiddenText(line);
    if (error !== null) return { status: 'failed', error };
    lines.push({ entry, line });
    at = entry.at;
    if (entry.key !== undefined) keys.set(nameOf(entry.key.scope, entry.key.key), entry.key);
    return { status: 'committed', entry };
  }

  const outcomes = batches.flatMap((batch) => {
    const below = foundations(batch);
    const decided: CommitOutcome[] = [];
    for (const [index, write] of batch.entries())
      decided.push(decide(write, below[index]?.map((earlier) => decided[earlier]) ?? []));
    return decided;
  });
  return { lines, records: [...records.values()], outcomes };
}

function nameOf(first: string, second: string): string {
  return JSON.stringify([first, second]);
}
