import type { StoredRecord } from '../../log/advance.ts';
import type { SavedKey } from '../../log/entry.ts';
import { isUnfounded } from '../foundations.ts';
import type { CommitOutcome } from '../store.ts';
import type { PreparedWrite } from './commitStatement.ts';
import type { PendingWrite } from './postgresCommit.ts';

/** What is stored for the records and keys of some writes, at one moment. */
export class Known {
  readonly #records: ReadonlyMap<string, StoredRecord>;
  readonly #keys: ReadonlyMap<string, SavedKey>;

  constructor(records: ReadonlyMap<string, StoredRecord>, keys: ReadonlyMap<string, SavedKey>) {
    this.#records = records;
    this.#keys = keys;
  }

  /** The outcome of a write that cannot be committed any more; null when it still can. */
  decide({ write, below }: PendingWrite): CommitOutcome | null {
    const { key } = write.entry;
    const saved = key === undefined ? undefined : this.#keys.get(nameOf(key.scope, key.key));
    if (saved !== undefined) return { status: 'repeated', saved };
    if (!('expectedVersion' in write)) return null;
    const stored = this.#records.get(nameOf(write.entry.resource, write.entry.id)) ?? null;
    const isFitting = (stored?.version ?? 0) === write.expectedVersion && !isUnfounded(below());
    return isFitting ? null : { status: 'stale', stored };
  }

  prepare({ write, json }: PendingWrite): PreparedWrite {
    const stored =
      'expectedVersion' in write ? (this.#records.get(nameOf(write.entry.resource, write.entry.id)) ?? null) : null;
    return { write, json, stored };
  }
}

/** Names a record by its resource and id, or a key by its scope. */
export function nameOf(first: string, second: string): string {
  return JSON.stringify([first, second]);
}
