import type { LogEntry } from '../../log/entry.ts';
import { countUpTo } from './segmentIndex.ts';

/** The newest entries of the log in memory, up to a number of bytes: what live readers ask for. */
export class EntryTail {
  readonly #maxBytes: number;
  readonly #entries: LogEntry[] = [];
  readonly #seqs: number[] = [];
  readonly #sizes: number[] = [];
  #bytes = 0;
  #after: number;

  constructor(maxBytes: number, after: number) {
    this.#maxBytes = maxBytes;
    this.#after = after;
  }

  add(entry: LogEntry, bytes: number): void {
    this.#entries.push(entry);
    this.#seqs.push(entry.seq);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    // Twice the limit before anything moves, so that an entry is moved once and not at every append.
    if (this.#bytes > this.#maxBytes * 2) this.#shrink();
  }

  /** The entries after a place; null when the tail begins later and the files have to be asked. */
  readAfter(seq: number, limit: number): readonly LogEntry[] | null {
    if (seq < this.#after) return null;
    const start = countUpTo(this.#seqs, seq);
    return this.#entries.slice(start, start + limit);
  }

  find(seq: number): LogEntry | null {
    const entry = this.#entries[countUpTo(this.#seqs, seq) - 1];
    return entry?.seq === seq ? entry : null;
  }

  #shrink(): void {
    let count = 0;
    while (this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#sizes[count] as number;
      count += 1;
    }
    this.#after = this.#seqs[count - 1] as number;
    for (const list of [this.#entries, this.#seqs, this.#sizes]) list.splice(0, count);
  }
}
