import { isJsonObject, type JsonValue } from '../../shared/json.ts';
import { getAt, jsonEquals } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Conflict, FieldReceipt, Receipt } from '../../shared/receipt.ts';
import { recordBefore } from '../log/advance.ts';
import type { ChangeLog } from '../log/changeLog.ts';
import type { ChangeEntry } from '../log/entry.ts';

/** How many versions are looked through for who changed a place inside of a field; beyond, the last author of the field is named. */
const maxSearched = 50;

/** Where a record's changes are. */
export interface RecordLog {
  readonly log: ChangeLog;
  readonly resource: string;
  readonly id: string;
}

/**
 * A receipt whose lines about places inside of a field name who changed that place.
 *
 * With a record only the last author of each top-level field is stored: of two people who changed two members of one address
 * it knows the second. The log knows both.
 */
export async function nameAuthors(of: RecordLog, receipt: Receipt): Promise<Receipt> {
  if (!receipt.fields.some((line) => line.by !== undefined && isNested(line.path))) return receipt;
  const entries = await historyOf(of);
  const fields = receipt.fields.map((line): FieldReceipt => {
    const entry = line.by !== undefined && isNested(line.path) ? lastChange(entries, line.path) : null;
    return entry ? { ...line, by: entry.actor.name, at: new Date(entry.at).toISOString() } : line;
  });
  return { ...receipt, fields };
}

/** The same for a refusal with conflicts; any other error as it is. */
export async function nameConflictAuthors(of: RecordLog, error: unknown): Promise<unknown> {
  if (!(error instanceof SyncError) || error.code !== 'CONFLICT') return error;
  const conflicts = (error.extensions['conflicts'] ?? []) as unknown as readonly Conflict[];
  if (!conflicts.some(({ path }) => isNested(path))) return error;
  const entries = await historyOf(of);
  const named = conflicts.map((conflict): Conflict => {
    const entry = isNested(conflict.path) ? lastChange(entries, conflict.path) : null;
    return entry ? { ...conflict, author: entry.actor.name, at: new Date(entry.at).toISOString() } : conflict;
  });
  return new SyncError(error.code, error.message, {
    extensions: { ...error.extensions, conflicts: named as never },
    cause: error.cause,
  });
}

function historyOf({ log, resource, id }: RecordLog): Promise<readonly ChangeEntry[]> {
  return log.history(resource, id, { limit: maxSearched });
}

function isNested(path: string): boolean {
  return path.includes('/', 1);
}

function lastChange(entries: readonly ChangeEntry[], path: string): ChangeEntry | null {
  const at = (record: JsonValue | null) => (isJsonObject(record) ? getAt(record, path) : undefined);
  const isChange = (entry: ChangeEntry) => {
    const [before, after] = [at(recordBefore(entry)), at(entry.record)];
    return before === undefined || after === undefined ? before !== after : !jsonEquals(before, after);
  };
  return entries.find(isChange) ?? null;
}
