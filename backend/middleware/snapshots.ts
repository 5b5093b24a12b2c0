import type { JsonObject } from '../../shared/json.ts';

/** Bytes of JSON that are kept of records that were shown; the longest unused ones go first. */
const maxSnapshotBytes = 32 * 1024 * 1024;

/** What records of the integrator's own data looked like, so that a save can say it started there. */
export interface Snapshots {
  /** `bytes` is the size of the record as JSON. */
  keep(name: string, record: JsonObject, bytes: number): void;
  find(name: string): JsonObject | null;
}

/**
 * Keeps snapshots in the memory of this process, up to a limit.
 *
 * What is forgotten, or was shown by another process, is answered with 412 and the current record, never guessed.
 */
export function createSnapshots(maxBytes: number = maxSnapshotBytes): Snapshots {
  // A map gives its keys in the order in which they were set: the first one is the longest unused.
  const kept = new Map<string, { readonly record: JsonObject; readonly bytes: number }>();
  let total = 0;
  const forget = (name: string): void => {
    total -= kept.get(name)?.bytes ?? 0;
    kept.delete(name);
  };
  return {
    keep(name, record, bytes) {
      forget(name);
      if (bytes > maxBytes) return;
      kept.set(name, { record, bytes });
      total += bytes;
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) break;
        forget(oldest);
      }
    },
    find(name) {
      const found = kept.get(name);
      if (!found) return null;
      kept.delete(name);
      kept.set(name, found);
      return found.record;
    },
  };
}
