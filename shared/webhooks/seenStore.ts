import { resetKey } from './resetMark.ts';

/** What a receiver has applied last of one record. */
export interface Seen {
  readonly cursor: string;
  readonly version: number;
  /** The `webhook-id` that brought it. */
  readonly messageId: string;
  /** The version that the site said it serves; null when it said none. */
  readonly shown: number | null;
}

/**
 * Where a receiver keeps what it has applied, by record (`team/m1`). Under `sync.reset` the last reset: with the place up to which
 * everything was read, and as its `version` the second since 1970 until which calls of before may come.
 *
 * - `set` is called after `onChange` has ended well: kept beside the site's own data, a restart of the site forgets nothing.
 * - Two deliveries of a record are never asked about at once by one receiver. Several processes that share a store can meet: then
 *   `onChange` has to bear the same change twice, or write with the condition that the stored version is lower.
 */
export interface SeenStore {
  get(key: string): Seen | null | undefined | Promise<Seen | null | undefined>;
  set(key: string, seen: Seen): void | Promise<void>;
}

/**
 * Keeps what was seen in the memory of one process.
 *
 * A restart, or a record that was pushed out, is as if nothing had been seen: the next delivery is applied whatever its version.
 * The sender always sends the newest state, so that only a call that was on its way at that moment can be older; the delivery
 * after it puts it right.
 *
 * Units   maxRecords records; the one that was told longest ago is let go of first. Default 10,000
 */
export function memorySeenStore({ maxRecords = 10_000 }: { readonly maxRecords?: number } = {}): SeenStore {
  const kept = new Map<string, Seen>();
  // Beside the records, never pushed out by them: it says of all of them what is too old.
  let reset: Seen | null = null;
  return {
    get: (key) => (key === resetKey ? reset : (kept.get(key) ?? null)),
    set(key, seen) {
      if (key === resetKey) return void (reset = seen);
      kept.delete(key);
      kept.set(key, seen);
      const [oldest] = kept.keys();
      if (kept.size > maxRecords && oldest !== undefined) kept.delete(oldest);
    },
  };
}
