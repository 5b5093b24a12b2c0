/** What a store knows of a key and its tags at one moment. */
export interface CacheLookup {
  /** The text under the key; null when there is none, or it is too old. */
  readonly text: string | null;
  /** The generation of each tag that was asked for, in the same order. */
  readonly generations: readonly string[];
}

/**
 * Where cached values lie. It knows nothing of the log: whether a value is still right is judged by who reads it.
 *
 * Invariants, each held by the contract suite on every store:
 * - a tag has a generation, and keeps it until it is raised or forgotten; a generation is never used twice, also not after it
 *   was forgotten: a value that was stored under it can never become right again
 * - when `raise` has resolved, every lookup that begins afterwards gets the new generation, on every node
 * - a text is read as it was stored, or not at all
 */
export interface CacheStore {
  /** The text of a key and the generations of tags; a tag that has none gets one. */
  get(key: string, tags: readonly string[]): Promise<CacheLookup>;
  /**
   * Keeps a text, in place of one that was there.
   *
   * Units   ttlMs milliseconds, above 0
   */
  set(key: string, text: string, ttlMs: number): Promise<void>;
  /** Gives tags new generations: whatever was stored under the old ones is no longer right. */
  raise(tags: readonly string[]): Promise<void>;
  /** How many keys are kept; null where counting would cost. */
  readonly size: number | null;
}
