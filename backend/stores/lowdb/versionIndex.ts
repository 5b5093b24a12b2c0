import type { LogEntry } from '../../log/entry.ts';
import { countUpTo } from './segmentIndex.ts';

interface RecordVersions {
  versions: number[];
  seqs: number[];
}

/** For every record: which entry of the log made which version. */
export class VersionIndex {
  readonly #records = new Map<string, RecordVersions>();

  add(entry: LogEntry): void {
    if (entry.kind !== 'change') return;
    const name = nameOf(entry.resource, entry.id);
    let known = this.#records.get(name);
    if (known === undefined) this.#records.set(name, (known = { versions: [], seqs: [] }));
    known.versions.push(entry.version);
    known.seqs.push(entry.seq);
  }

  /** The place of the entry that made a version; null when it is not kept. */
  find(resource: string, id: string, version: number): number | null {
    const known = this.#records.get(nameOf(resource, id));
    if (known === undefined) return null;
    const index = countUpTo(known.versions, version) - 1;
    return known.versions[index] === version ? (known.seqs[index] as number) : null;
  }

  /** Places of the versions of a record below `beforeVersion`, newest first. */
  newest(resource: string, id: string, limit: number, beforeVersion = Number.POSITIVE_INFINITY): number[] {
    const known = this.#records.get(nameOf(resource, id));
    if (known === undefined) return [];
    const end = countUpTo(known.versions, beforeVersion - 1);
    return known.seqs.slice(Math.max(0, end - limit), end).reverse();
  }

  /** True when an entry between two places is among the last `count` of its record. */
  hasNewest(first: number, last: number, count: number): boolean {
    for (const { seqs } of this.#records.values()) {
      const oldestNeeded = seqs[Math.max(0, seqs.length - count)] as number;
      const next = seqs[countUpTo(seqs, Math.max(first, oldestNeeded) - 1)];
      if (next !== undefined && next <= last) return true;
    }
    return false;
  }

  /** Forgets the versions between two places, whose entries are no longer kept. */
  remove(first: number, last: number): void {
    for (const known of this.#records.values()) {
      const from = countUpTo(known.seqs, first - 1);
      const count = countUpTo(known.seqs, last) - from;
      known.seqs.splice(from, count);
      known.versions.splice(from, count);
    }
  }
}

function nameOf(resource: string, id: string): string {
  return JSON.stringify([resource, id]);
}
