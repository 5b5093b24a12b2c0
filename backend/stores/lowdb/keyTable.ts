import type { LogEntry, SavedKey } from '../../log/entry.ts';
import { keyLifetimeMs } from '../keyLifetime.ts';

/** The keys of saves, in the order in which they were stored. */
export class KeyTable {
  readonly #keys = new Map<string, { readonly saved: SavedKey; readonly at: number }>();

  /** Null when the key was never stored or is older than seven days. */
  find(scope: string, key: string, now: number): SavedKey | null {
    const found = this.#keys.get(nameOf(scope, key));
    return found !== undefined && found.at > now - keyLifetimeMs ? found.saved : null;
  }

  add(entry: LogEntry): void {
    if (entry.key === undefined) return;
    const name = nameOf(entry.key.scope, entry.key.key);
    // Deleted first, so that a key that was stored again after it ran out stands at the end, where its age belongs.
    this.#keys.delete(name);
    this.#keys.set(name, { saved: entry.key, at: entry.at });
  }

  removeOld(now: number): void {
    for (const [name, { at }] of this.#keys) {
      if (at > now - keyLifetimeMs) return;
      this.#keys.delete(name);
    }
  }
}

function nameOf(scope: string, key: string): string {
  return JSON.stringify([scope, key]);
}
