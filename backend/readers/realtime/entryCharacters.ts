import type { LogEntry } from '../../log/entry.ts';

/**
 * About what an entry costs in memory: the characters of its texts and names, and eight for anything else.
 *
 * Counted once for entries that are shared, however many read them.
 */
export function entryCharacters(entry: LogEntry): number {
  const hit = known.get(entry) ?? charactersOf(entry);
  known.set(entry, hit);
  return hit;
}

const known = new WeakMap<LogEntry, number>();

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 8;
  for (const [name, inner] of Object.entries(value)) sum += name.length + charactersOf(inner);
  return sum;
}
