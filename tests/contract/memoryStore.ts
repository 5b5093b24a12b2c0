import { randomUUID } from 'node:crypto';
import { advance, checkWrite, findForbiddenText, foundations, isUnfounded } from 'backoffice-sync';
import type { ChangeEntry, ChangeLog, CommitOutcome, LogEntry, StateStore, Store, StoredRecord, Write } from 'backoffice-sync'; // prettier-ignore

/** A whole store in memory: everything that the contract asks for, and nothing that survives the process. */
export function memoryStore(): Store {
  const records = new Map<string, StoredRecord>();
  const keys = new Map<string, NonNullable<LogEntry['key']>>();
  const entries: LogEntry[] = [];
  const listeners = new Set<() => void>();
  const nameOf = (...parts: readonly string[]) => JSON.stringify(parts);

  const changesOf = (resource: string, id: string): ChangeEntry[] =>
    entries
      .filter((entry) => entry.kind === 'change')
      .filter((entry) => entry.resource === resource && entry.id === id);

  const log: ChangeLog = {
    // Names this log. In memory every start is another one, so that nobody's old cursor means anything.
    epoch: randomUUID(),
    head: () => entries.length,
    async read(after, limit = 256) {
      return { entries: entries.slice(after, after + limit), head: entries.length, floor: 0 };
    },
    async history(resource, id, { limit, beforeVersion = Number.POSITIVE_INFINITY }) {
      const below = changesOf(resource, id).filter(({ version }) => version < beforeVersion);
      return below.reverse().slice(0, limit);
    },
    async version(resource, id, version) {
      return changesOf(resource, id).find((entry) => entry.version === version) ?? null;
    },
    async placeAt(time) {
      return entries.findLast(({ at }) => at <= time)?.seq ?? 0;
    },
    onAppend(listener) {
      // A function of its own: the same listener given twice is two listeners.
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };

  /** One write: all of it, or nothing. A store with a disk or a database does this in a transaction. */
  function apply(write: Write, below: readonly (CommitOutcome | undefined)[]): CommitOutcome {
    const error = findForbiddenText(JSON.stringify(write.entry));
    if (error !== null) return { status: 'failed', error };
    const { key } = write.entry;
    const saved = key && keys.get(nameOf(key.scope, key.key));
    if (saved !== undefined) return { status: 'repeated', saved };
    // Places count up, times rise strictly, also when the clock does not.
    const place = { seq: entries.length + 1, at: Math.max(Date.now(), (entries.at(-1)?.at ?? 0) + 1) };
    // A copy: what the caller does with his objects later changes nothing here.
    const entry: LogEntry = structuredClone({ ...write.entry, ...place });
    if ('expectedVersion' in write && entry.kind === 'change') {
      const name = nameOf(entry.resource, entry.id);
      const stored = records.get(name) ?? null;
      const isFirst = (stored?.version ?? 0) === write.expectedVersion;
      // Stale, too, when it was made from an earlier write of the batch that did not go through.
      if (!isFirst || isUnfounded(below)) return { status: 'stale', stored };
      records.set(name, advance(stored, entry));
    }
    if (key) keys.set(nameOf(key.scope, key.key), key);
    entries.push(entry);
    return { status: 'committed', entry };
  }

  return {
    name: 'memory',
    log,
    state: memoryState(),
    async open() {},
    async close() {},
    async load(resource, id) {
      return records.get(nameOf(resource, id)) ?? null;
    },
    async list(resource) {
      const found = [...records.values()].filter((stored) => stored.resource === resource && stored.record !== null);
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async commit(batch) {
      batch.forEach(checkWrite);
      const below = foundations(batch);
      const outcomes: CommitOutcome[] = [];
      for (const [index, write] of batch.entries())
        outcomes.push(apply(write, below[index]?.map((earlier) => outcomes[earlier]) ?? []));
      // Only now: nobody hears of an entry before it is durable.
      for (const listener of listeners) listener();
      return outcomes;
    },
    async findKey(scope, key) {
      return keys.get(nameOf(scope, key)) ?? null;
    },
  };
}

/** Small values with a revision, for compare-and-set: positions of readers, sessions. */
function memoryState(): StateStore {
  interface Kept {
    readonly bucket: string;
    readonly item: NonNullable<Awaited<ReturnType<StateStore['get']>>>;
    readonly expiresAt: number;
  }
  const kept = new Map<string, Kept>();
  const nameOf = (bucket: string, key: string) => JSON.stringify([bucket, key]);
  let revision = 0;

  function find(bucket: string, key: string): Kept['item'] | null {
    const found = kept.get(nameOf(bucket, key));
    return found !== undefined && found.expiresAt > Date.now() ? found.item : null;
  }

  return {
    async get(bucket, key) {
      return find(bucket, key);
    },
    async put(bucket, key, value, { ifRevision, expiresAt = Number.POSITIVE_INFINITY } = {}) {
      if (ifRevision !== undefined && (find(bucket, key)?.revision ?? 0) !== ifRevision) return null;
      revision += 1;
      kept.set(nameOf(bucket, key), { bucket, item: { key, value: structuredClone(value), revision }, expiresAt });
      return revision;
    },
    async delete(bucket, key) {
      kept.delete(nameOf(bucket, key));
    },
    async list(bucket) {
      const found = [...kept.values()].filter((one) => one.bucket === bucket && one.expiresAt > Date.now());
      return found.map(({ item }) => item).sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}
