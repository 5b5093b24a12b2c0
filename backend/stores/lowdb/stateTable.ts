import type { JsonValue } from '../../../shared/json.ts';
import type { StateItem } from '../store.ts';

/** A line of `state.jsonl`: without `value` the key is removed, without a bucket it only carries the revision on. */
export interface StateLine {
  readonly bucket?: string;
  readonly key?: string;
  readonly value?: JsonValue;
  readonly revision: number;
  readonly expiresAt?: number;
}

interface Kept extends StateItem {
  readonly expiresAt: number | undefined;
}

/**
 * The state in memory.
 *
 * Invariant  a revision is used once for all keys together: one that was removed and stored again never has a revision that
 *            somebody still holds from before
 */
export class StateTable {
  readonly #buckets = new Map<string, Map<string, Kept>>();
  #revision = 0;

  /** The last revision that was given. */
  get revision(): number {
    return this.#revision;
  }

  get(bucket: string, key: string, now: number): StateItem | null {
    const kept = this.#buckets.get(bucket)?.get(key);
    return kept === undefined || isExpired(kept, now) ? null : toItem(kept);
  }

  list(bucket: string, now: number): StateItem[] {
    return [...(this.#buckets.get(bucket)?.values() ?? [])]
      .filter((kept) => !isExpired(kept, now))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(toItem);
  }

  apply({ bucket, key, value, revision, expiresAt }: StateLine): void {
    this.#revision = Math.max(this.#revision, revision);
    if (bucket === undefined || key === undefined) return;
    let items = this.#buckets.get(bucket);
    if (items === undefined) this.#buckets.set(bucket, (items = new Map()));
    if (value === undefined) items.delete(key);
    else items.set(key, { key, value, revision, expiresAt });
  }

  removeExpired(now: number): void {
    for (const items of this.#buckets.values()) {
      for (const kept of items.values()) if (isExpired(kept, now)) items.delete(kept.key);
    }
  }

  /** The lines that make a table like this one. */
  toLines(): StateLine[] {
    const lines: StateLine[] = [{ revision: this.#revision }];
    for (const [bucket, items] of this.#buckets) {
      for (const { key, value, revision, expiresAt } of items.values()) {
        lines.push({ bucket, key, value, revision, ...(expiresAt === undefined ? {} : { expiresAt }) });
      }
    }
    return lines;
  }
}

function isExpired({ expiresAt }: Kept, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

function toItem({ key, value, revision }: Kept): StateItem {
  return { key, value, revision };
}
