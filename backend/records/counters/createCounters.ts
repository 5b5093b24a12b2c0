import type { Actor } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { undoOf, type StoredRecord } from '../../log/advance.ts';
import type { SavedKey } from '../../log/entry.ts';
import type { Store } from '../../stores/store.ts';
import type { Resource } from '../defineResource.ts';
import { createRecordChain, type Prepared } from '../recordChain.ts';
import { validateRecord } from '../standardSchema.ts';
import { toSchemaInput } from '../toSchemaInput.ts';
import { countsName } from './countsName.ts';
import { countedValues, countsContent, storedWithCounts, sumsOf, withCounts } from './withCounts.ts';

/** A wish to count. */
export interface IncrementRequest {
  readonly resource: Resource;
  readonly id: string;
  /** Whole numbers to add, by the name of the counter. */
  readonly by: Readonly<Record<string, number>>;
  readonly actor: Actor;
  /** A repeat under the same key and body counts once. */
  readonly key: { readonly scope: string; readonly key: string; readonly bodyHash: string } | null;
  readonly notify?: boolean;
  readonly dryRun?: boolean;
  /** Refuses by throwing what the asker may not count. Default: everybody may. */
  readonly refuse?: (stored: StoredRecord) => void;
}

/** The counters after an increment. */
export interface IncrementResult {
  /** The version of the record, which an increment does not change. */
  readonly version: number;
  readonly counts: Readonly<Record<string, number>>;
  /** True when the key was used before: nothing was added again. */
  readonly repeated: boolean;
}

/** Counters beside their records, and reading both as one. */
export interface Counters {
  /** A record with its counters as they are now. */
  load(resource: Resource, id: string): Promise<StoredRecord | null>;
  /** The records of a resource that are not deleted, with their counters. */
  list(resource: Resource): Promise<readonly StoredRecord[]>;
  /** Gives what completes states of a record with its counters as they are now. */
  completer(resource: Resource, id: string): Promise<(record: JsonObject) => JsonObject>;
  /**
   * Adds to the counters of a record, and resolves when that is durable.
   *
   * Errors  NOT_FOUND, RECORD_DELETED, INVALID, KEY_REUSED, SAVE_BUSY, STORE_UNAVAILABLE, and what `refuse` throws
   */
  increment(request: IncrementRequest): Promise<IncrementResult>;
}

/** Opens the counters of a store. */
export function createCounters(store: Store): Counters {
  const chain = createRecordChain(store);
  const countsOf = (resource: Resource, id: string) => store.load(countsName(resource.name), id);

  async function prepare(request: IncrementRequest, counts: StoredRecord | null): Promise<Prepared<IncrementResult>> {
    const { resource, id, key } = request;
    if (key) {
      const saved = await store.findKey(key.scope, key.key);
      if (saved) return { kind: 'answer', value: await repeat(request, saved) };
    }
    const stored = await store.load(resource.name, id);
    const record = refuseMissing(request, stored);
    const sums = add(sumsOf(counts?.record, record), request.by);
    const next = countsContent(counts?.record, record, sums);
    await refuseInvalid(resource, record, next, Object.keys(request.by));
    const value = {
      version: stored?.version ?? 0,
      counts: countedValues(resource, record, sums),
      repeated: false,
    };
    if (request.dryRun) return { kind: 'answer', value };
    const version = (counts?.version ?? 0) + 1;
    const content = { id, version, ...next };
    const at = { resource: countsName(resource.name), id, version };
    return {
      kind: 'write',
      write: {
        expectedVersion: version - 1,
        entry: {
          kind: 'change', ...at, operation: version === 1 ? 'created' : 'updated', record: content,
          ...undoOf(counts?.record ?? null, content), publication: 'follows', actor: request.actor,
          mutationId: key?.key ?? null, notify: request.notify ?? true,
          ...(key ? { key: { ...key, ...at, outcome: 'saved' } } : {}),
        },
      },
      answer: () => value,
    }; // prettier-ignore
  }

  async function repeat(request: IncrementRequest, saved: SavedKey): Promise<IncrementResult> {
    const { resource, id, key } = request;
    if (saved.bodyHash !== key?.bodyHash)
      throw new SyncError(
        'KEY_REUSED',
        'This Idempotency-Key belongs to another request. Make a new key for each increment.',
      );
    const [stored, counts] = await Promise.all([store.load(resource.name, id), countsOf(resource, id)]);
    const record = refuseMissing(request, stored);
    const values = countedValues(resource, record, sumsOf(counts?.record, record));
    return { version: stored?.version ?? 0, counts: values, repeated: true };
  }

  return {
    async load(resource, id) {
      const stored = await store.load(resource.name, id);
      if (stored === null || resource.classes.counter.length === 0) return stored;
      return storedWithCounts(resource, stored, await countsOf(resource, id));
    },
    async list(resource) {
      const records = await store.list(resource.name);
      if (resource.classes.counter.length === 0) return records;
      const counts = new Map((await store.list(countsName(resource.name))).map((stored) => [stored.id, stored]));
      return counts.size === 0
        ? records
        : records.map((stored) => storedWithCounts(resource, stored, counts.get(stored.id)));
    },
    async completer(resource, id) {
      if (resource.classes.counter.length === 0) return (record) => record;
      const counts = await countsOf(resource, id);
      return (record) => withCounts(resource, record, counts?.record);
    },
    increment: (request) =>
      chain.run(countsName(request.resource.name), request.id, {
        prepare: (counts) => prepare(request, counts),
        repeat: (saved) => repeat(request, saved),
      }),
  };
}

function refuseMissing({ resource, id, refuse }: IncrementRequest, stored: StoredRecord | null): JsonObject {
  const missing = new SyncError('NOT_FOUND', `${resource.name} has no record "${id}".`);
  if (stored === null) throw missing;
  // Before anything is said about the record: whoever may not see it learns nothing of it.
  refuse?.(stored);
  if (stored.record === null) throw missing;
  return stored.record;
}

function add(sums: Readonly<Record<string, number>>, by: IncrementRequest['by']): Record<string, number> {
  const next: Record<string, number> = { ...sums };
  for (const [name, delta] of Object.entries(by)) next[name] = (next[name] ?? 0) + delta;
  return next;
}

/** A counter stays a whole number that adds up exactly, within what the schema allows for it; other fields are not judged. */
async function refuseInvalid(
  resource: Resource,
  record: JsonObject,
  counts: JsonObject,
  names: readonly string[],
): Promise<void> {
  const next = withCounts(resource, record, counts);
  const validation = await validateRecord(resource.schema, toSchemaInput(resource, next));
  const wrong = validation.ok ? [] : validation.errors.filter((error) => names.includes(error.path.slice(1)));
  const unsafe = names
    .filter((name) => !Number.isSafeInteger(next[name]))
    .map((name) => ({ path: `/${name}`, code: 'too_big', message: 'The counter would no longer add up exactly.' }));
  const errors = [...unsafe, ...wrong];
  if (errors.length > 0)
    throw new SyncError('INVALID', 'The counter would have a value that is not possible; nothing was counted.', {
      extensions: { errors },
    });
}
