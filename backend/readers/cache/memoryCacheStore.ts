import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { refuseOption, refuseUnknownOptions } from '../../options.ts';
import type { CacheStore } from './cacheStore.ts';

/** Bounds of a cache in memory; what was not used for the longest time goes first. */
export interface MemoryCacheOptions {
  /** How many keys are kept. Default 10,000. */
  readonly max?: number;
  /** How large all keys and texts may be together, in characters of JSON. Default 67,108,864. */
  readonly maxCharacters?: number;
  /** How many tags are remembered; one that is forgotten costs the values under it, never their rightness. Default 100,000. */
  readonly maxTags?: number;
  /** The clock, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

interface Kept {
  readonly text: string;
  readonly until: number;
}

/**
 * The cache of one process, bounded by number and by size.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID
 */
export function memoryCacheStore(options: MemoryCacheOptions = {}): CacheStore {
  const of = 'memoryCacheStore';
  refuseUnknownOptions(of, options, ['max', 'maxCharacters', 'maxTags', 'now']);
  const { max = 10_000, maxCharacters = 67_108_864, maxTags = 100_000, now = () => performance.now() } = options;
  for (const [name, value] of Object.entries({ max, maxCharacters, maxTags }))
    if (!Number.isInteger(value) || value < 1) refuseOption(of, name, 'a whole number above 0', value);
  const values = new LRUCache<string, Kept>({
    max,
    maxSize: maxCharacters,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });
  // Bounded by size and not by `max`, for which room would be taken at once.
  const generations = new LRUCache<string, string>({ maxSize: maxTags, sizeCalculation: () => 1 });

  function generationOf(tag: string): string {
    const known = generations.get(tag);
    if (known !== undefined) return known;
    const generation = randomUUID();
    generations.set(tag, generation);
    return generation;
  }

  return {
    async get(key, tags) {
      const kept = values.get(key);
      const isOver = kept !== undefined && kept.until <= now();
      if (isOver) values.delete(key);
      return { text: kept && !isOver ? kept.text : null, generations: tags.map(generationOf) };
    },
    async set(key, text, ttlMs) {
      values.set(key, { text, until: now() + ttlMs });
    },
    async raise(tags) {
      for (const tag of tags) generations.delete(tag);
    },
    get size() {
      return values.size;
    },
  };
}
