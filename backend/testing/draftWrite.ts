import { undoOf } from '../log/advance.ts';
import type { KeyDraft, SavedKey } from '../log/entry.ts';
import type { ChangeWrite, Store, Write } from '../stores/store.ts';
import type { JsonObject } from '../../shared/json.ts';

/** What a drafted change may say beyond its record. */
export interface DraftOptions {
  readonly resource?: string;
  /** The record before, for the way back (default: none when created, else an empty object). */
  readonly before?: JsonObject | null;
  readonly key?: SavedKey;
  readonly expectedVersion: number;
  readonly publication?: 'follows' | 'kept' | 'published' | 'withdrawn';
}

/** A change of the record `id` to `record` (null deletes it), as the save makes it; the resource is `team` unless given. */
export function draftWrite(id: string, record: JsonObject | null, options: DraftOptions): ChangeWrite {
  const { expectedVersion, resource = 'team', publication = 'follows', key } = options;
  const before = options.before === undefined ? (expectedVersion === 0 ? null : {}) : options.before;
  return {
    expectedVersion,
    entry: {
      kind: 'change',
      resource,
      id,
      operation: record === null ? 'deleted' : before === null ? 'created' : 'updated',
      version: expectedVersion + 1,
      record,
      ...undoOf(before, record),
      publication,
      actor: { id: 'u1', name: 'Ada', kind: 'admin' },
      mutationId: null,
      notify: true,
      ...(key === undefined ? {} : { key }),
    },
  };
}

/** The key of a save, as it is kept for a retry. */
export function draftKey(key: string, id = 'a', scope = 'user:u1'): SavedKey {
  return { scope, key, bodyHash: 'hash', resource: 'team', id, version: 1, outcome: 'saved' };
}

/** A save that changed nothing but carried a key. */
export function draftKeyWrite(key: SavedKey): { readonly entry: KeyDraft } {
  return { entry: { kind: 'key', key } };
}

/** Commits one write and returns how it ended. */
export async function commitOne(store: Store, write: Write): ReturnType<typeof first> {
  return first(await store.commit([write]));
}

async function first(
  outcomes: Awaited<ReturnType<Store['commit']>>,
): Promise<Awaited<ReturnType<Store['commit']>>[number]> {
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error('A commit of one write has to give one outcome.');
  return outcome;
}
