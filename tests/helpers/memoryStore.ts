import { randomUUID } from 'node:crypto';
import { advance, type StoredRecord } from '../../backend/log/advance.ts';
import type { ChangeLog } from '../../backend/log/changeLog.ts';
import type { ChangeEntry, LogEntry, SavedKey } from '../../backend/log/entry.ts';
import { checkWrite, findForbiddenText } from '../../backend/stores/checkWrite.ts';
import { foundations, isUnfounded } from '../../backend/stores/foundations.ts';
import type { CommitOutcome, StateItem, StateStore, Store, Write } from '../../backend/stores/store.ts';

/** A store in memory for tests of what stands on a store; it passes the contract suites. */
export interface MemoryStore extends Store {
  /** Forgets entries up to a place, as retention does. */
  forgetUntil(seq: number): void;
}

/** Makes one; `now` in milliseconds is the clock of its log and of what expires. */
export function memoryStore({
  epoch = randomUUID(),
  now = Date.now,
}: { epoch?: string; now?: () => number } = {}): MemoryStore {
  const records = new Map<string, StoredRecord>();
  const keys = new Map<string, SavedKey>();
  const listeners = new Set<() => void>();
  let entries: LogEntry[] = [];
  let [head, floor, lastAt] = [0, 0, 0];

  const changesOf = (resource: string, id: string): ChangeEntry[] =>
    entries.filter(
      (entry): entry is ChangeEntry => entry.kind === 'change' && entry.resource === resource && entry.id === id,
    );

  const log: ChangeLog = {
    epoch,
    head: () => head,
    async read(after, limit = 256) {
      return { entries: entries.filter(({ seq }) => seq > after).slice(0, limit), head, floor };
    },
    async history(resource, id, { limit, beforeVersion = Number.POSITIVE_INFINITY }) {
      return changesOf(resource, id).filter(({ version }) => version < beforeVersion).reverse().slice(0, limit); // prettier-ignore
    },
    async version(resource, id, version) {
      return changesOf(resource, id).find((entry) => entry.version === version) ?? null;
    },
    async placeAt(time) {
      return entries.findLast(({ at }) => at <= time)?.seq ?? floor;
    },
    onAppend(listener) {
      const own = (): void => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };

  function apply(write: Write, below: readonly (CommitOutcome | undefined)[]): CommitOutcome {
    const forbidden = findForbiddenText(JSON.stringify(write.entry));
    if (forbidden) return { status: 'failed', error: forbidden };
    const key = write.entry.key;
    const saved = key && keys.get(JSON.stringify([key.scope, key.key]));
    if (saved) return { status: 'repeated', saved };
    const place = { seq: head + 1, at: Math.max(now(), lastAt + 1) };
    const entry: LogEntry = structuredClone({ ...write.entry, ...place });
    if ('expectedVersion' in write && entry.kind === 'change') {
      const name = `${entry.resource}/${entry.id}`;
      const stored = records.get(name) ?? null;
      if ((stored?.version ?? 0) !== write.expectedVersion || isUnfounded(below)) return { status: 'stale', stored };
      records.set(name, advance(stored, entry));
    }
    if (key) keys.set(JSON.stringify([key.scope, key.key]), key);
    [head, lastAt] = [place.seq, place.at];
    entries.push(entry);
    return { status: 'committed', entry };
  }

  return {
    name: 'memory',
    log,
    state: memoryState(now),
    async open() {},
    async load(resource, id) {
      return records.get(`${resource}/${id}`) ?? null;
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
      for (const listener of listeners) listener();
      return outcomes;
    },
    async findKey(scope, key) {
      return keys.get(JSON.stringify([scope, key])) ?? null;
    },
    async close() {},
    forgetUntil(seq) {
      floor = Math.max(floor, seq);
      entries = entries.filter((entry) => entry.seq > seq);
    },
  };
}

function memoryState(now: () => number): StateStore {
  const items = new Map<string, { bucket: string; item: StateItem; expiresAt: number }>();
  let revision = 0;
  const nameOf = (bucket: string, key: string): string => JSON.stringify([bucket, key]);
  const find = (bucket: string, key: string): StateItem | null => {
    const kept = items.get(nameOf(bucket, key));
    return kept && kept.expiresAt > now() ? kept.item : null;
  };
  return {
    async get(bucket, key) {
      return find(bucket, key);
    },
    async put(bucket, key, value, { ifRevision, expiresAt = Number.POSITIVE_INFINITY } = {}) {
      if (ifRevision !== undefined && (find(bucket, key)?.revision ?? 0) !== ifRevision) return null;
      revision += 1;
      items.set(nameOf(bucket, key), { bucket, item: { key, value: structuredClone(value), revision }, expiresAt });
      return revision;
    },
    async delete(bucket, key) {
      items.delete(nameOf(bucket, key));
    },
    async list(bucket) {
      const kept = [...items.values()].filter((held) => held.bucket === bucket && held.expiresAt > now());
      return kept.map(({ item }) => item).sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}
