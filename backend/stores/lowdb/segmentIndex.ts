import type { LogEntry, SavedKey } from '../../log/entry.ts';
import { isRemovable } from '../../log/removedMessages.ts';

/** Where an entry is in the files of the log. */
export interface EntryPlace {
  readonly seq: number;
  readonly at: number;
  readonly offset: number;
  readonly length: number;
}

/** What the index of a file needs to know of an entry. */
export interface IndexedEntry {
  readonly kind: LogEntry['kind'];
  readonly seq: number;
  readonly at: number;
  readonly key?: SavedKey | undefined;
  /** Of a message. */
  readonly type?: string;
}

/** The entries of one file of the log, by place: four numbers each, so that a long log stays cheap. */
export class SegmentIndex {
  readonly path: string;
  /** The place of the entry before the first one here. */
  readonly after: number;
  readonly seqs: number[] = [];
  readonly #ats: number[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  #lastKeyAt = 0;
  #lastMessageAt = 0;

  constructor(path: string, after: number) {
    this.path = path;
    this.after = after;
  }

  get last(): number {
    return this.seqs.at(-1) ?? this.after;
  }

  /** The time of the last entry; 0 without any. */
  get lastAt(): number {
    return this.#ats.at(-1) ?? 0;
  }

  get firstAt(): number {
    return this.#ats[0] ?? Number.POSITIVE_INFINITY;
  }

  /** The time of the last entry with a key; 0 without any. */
  get lastKeyAt(): number {
    return this.#lastKeyAt;
  }

  /** The time of the last message; 0 without any. */
  get lastMessageAt(): number {
    return this.#lastMessageAt;
  }

  add(entry: IndexedEntry, offset: number, length: number): void {
    this.seqs.push(entry.seq);
    this.#ats.push(entry.at);
    this.#offsets.push(offset);
    this.#lengths.push(length);
    if (entry.key !== undefined) this.#lastKeyAt = entry.at;
    if (isRemovable(entry)) this.#lastMessageAt = entry.at;
  }

  /** The places after `seq`, at most `limit`. */
  placesAfter(seq: number, limit: number): EntryPlace[] {
    const places: EntryPlace[] = [];
    for (let index = countUpTo(this.seqs, seq); index < this.seqs.length && places.length < limit; index += 1) {
      places.push(this.#placeOf(index));
    }
    return places;
  }

  /** The last place made at or before a time; undefined when all are later. */
  placeAt(time: number): EntryPlace | undefined {
    const count = countUpTo(this.#ats, time);
    return count === 0 ? undefined : this.#placeOf(count - 1);
  }

  #placeOf(index: number): EntryPlace {
    return {
      seq: this.seqs[index] as number,
      at: this.#ats[index] as number,
      offset: this.#offsets[index] as number,
      length: this.#lengths[index] as number,
    };
  }
}

/** How many numbers of a rising list are at most `value`. */
export function countUpTo(rising: readonly number[], value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
